/** Node's codes for a connection that the other side reset, or closed before it had read everything. */
const RESETS = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/**
 * How the other side ended a connection, null for any other error. `reset` means more than `closed`: a kernel resets a
 * connection when a program closes it, or dies, before it has read everything.
 */
export function connectionEnd(error: Error): 'closed' | 'reset' | null {
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string' && RESETS.has(code)) return 'reset';
  const isClosed = code === 'UND_ERR_SOCKET' && /^(?:other side closed|closed)$/.test(error.message);
  return isClosed ? 'closed' : null;
}
