import { ConfigurationError } from './configuration-error.js';
import { Problem } from './problem.js';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A success that Breakwater reads: the answer of a sync capability. */
export function success(data: unknown): Reply {
  return json(200, { success: true, data: data ?? null });
}

/** A refusal that Breakwater passes on as the app's own answer. */
export function refusal({ code, message }: Problem): Reply {
  return json(200, { success: false, error: { code, message } });
}

export function replyTo({ code, status, message, retryAfterMs }: Problem): Reply {
  const reply = json(status, { code, message });
  if (retryAfterMs === null) return reply;
  const retryAfterS = Math.max(0, Math.ceil(retryAfterMs / 1000));
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(retryAfterS) } };
}

/**
 * Any error as a problem. An exception of Nest keeps its status, so that a 4xx ends the delivery; what an unexpected
 * error says is not told to the caller.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ConfigurationError) {
    return new Problem('RECEIVER_MISCONFIGURED', 500, error.message, { cause: error });
  }
  const status = (error as { getStatus?: () => number } | null)?.getStatus?.();
  if (status && error instanceof Error)
    return new Problem('HANDLER_REFUSED', status, error.message, { cause: error });
  return new Problem('HANDLER_FAILED', 500, 'The handler of this webhook failed.', { cause: error });
}

function json(status: number, value: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
