/**
 * Why the database, and not the request, is at fault:
 * - `unreachable`: no connection, or one that was lost;
 * - `read_only`: the server takes no writes, like a standby;
 * - `overloaded`: no connection or no resource is free;
 * - `too_slow`: a statement or a wait for a lock reached its time limit;
 * - `conflict`: the transaction lost against another one and changed nothing.
 */
export type DatabaseTrouble = 'unreachable' | 'read_only' | 'overloaded' | 'too_slow' | 'conflict';

/**
 * The one table of SQLSTATEs and of codes of Node and Prisma. A name that ends in * stands for its whole class.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const DATABASE_TROUBLES: Readonly<Record<string, DatabaseTrouble>> = {
  // SQLSTATE
  '08*': 'unreachable', // connection exception
  '25006': 'read_only', // read_only_sql_transaction
  '25P03': 'too_slow', // idle_in_transaction_session_timeout
  '25P04': 'too_slow', // transaction_timeout
  '40001': 'conflict', // serialization_failure, also a standby's conflict with recovery
  '40P01': 'conflict', // deadlock_detected
  '53*': 'overloaded', // insufficient resources, too many connections among them
  '55P03': 'too_slow', // lock_not_available: lock_timeout
  '57014': 'too_slow', // query_canceled: statement_timeout
  '57P01': 'unreachable', // admin_shutdown
  '57P02': 'unreachable', // crash_shutdown
  '57P03': 'unreachable', // cannot_connect_now
  '57P04': 'unreachable', // database_dropped
  '57P05': 'unreachable', // idle_session_timeout
  '58*': 'overloaded', // the server's own files and disk
  // Node
  EAI_AGAIN: 'unreachable',
  EADDRNOTAVAIL: 'overloaded',
  ECONNABORTED: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EMFILE: 'overloaded',
  ENETDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENFILE: 'overloaded',
  ENOTFOUND: 'unreachable',
  EPIPE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  // Prisma
  P1001: 'unreachable',
  P1002: 'unreachable',
  P1008: 'too_slow',
  P1017: 'unreachable',
  P2024: 'overloaded', // no free connection in time
  P2028: 'too_slow', // a transaction did not begin, or took too long
  P2034: 'conflict',
  P2037: 'overloaded',
  // Ours
  DATABASE_UNAVAILABLE: 'too_slow',
};

/** Messages of pg and Prisma that come without a code. */
const MESSAGES: readonly (readonly [RegExp, DatabaseTrouble])[] = [
  [/Connection terminated|Client was closed|is not queryable/, 'unreachable'],
  [/timeout exceeded when trying to connect|^timeout expired$/, 'overloaded'],
  [/^Query read timeout$/, 'too_slow'],
  [/Cannot use a pool after calling end|Can't reach database/i, 'unreachable'],
  [/server does not support SSL connections|establishing an SSL connection/, 'unreachable'],
];

/** Error kinds of Prisma's driver adapter that come without the server's own code. */
const ADAPTER_KINDS: Readonly<Record<string, DatabaseTrouble>> = {
  ConnectionClosed: 'unreachable',
  DatabaseNotReachable: 'unreachable',
  SocketTimeout: 'too_slow',
  TlsConnectionError: 'unreachable',
  TooManyConnections: 'overloaded',
  TransactionWriteConflict: 'conflict',
};

/** How many levels of causes are read: Prisma wraps a driver's error twice. */
const DEPTH = 5;

/**
 * The trouble of the database that an error shows, or null when the database is not at fault. Reads causes and
 * Prisma's wrappers.
 */
export function databaseTrouble(error: unknown, depth = DEPTH): DatabaseTrouble | null {
  if (typeof error !== 'object' || error === null || depth === 0) return null;
  const { code, originalCode, kind, message, cause, meta } = error as Record<string, unknown>;
  return (
    byCode(code) ??
    byCode(originalCode) ??
    (typeof kind === 'string' ? ADAPTER_KINDS[kind] : undefined) ??
    byMessage(message) ??
    databaseTrouble(cause, depth - 1) ??
    databaseTrouble((meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError, depth - 1)
  );
}

/**
 * Whether the connection must be closed after this error: it was lost, it timed out, or the server takes no writes.
 * After a deadlock, or an error of the statement alone, its state is known and it is kept.
 */
export function spoilsConnection(error: unknown): boolean {
  const trouble = databaseTrouble(error);
  return trouble !== null && trouble !== 'conflict';
}

/**
 * Whether a failed batch may be retried row by row. Not if the database is at fault: each row would wait as long as
 * the batch did, and rows that were stored after all would be stored twice.
 */
export function mayRetryRows(error: unknown): boolean {
  const trouble = databaseTrouble(error);
  return trouble === null || trouble === 'conflict';
}

function byCode(code: unknown): DatabaseTrouble | null {
  if (typeof code !== 'string') return null;
  return (
    DATABASE_TROUBLES[code] ?? (code.length === 5 ? DATABASE_TROUBLES[`${code.slice(0, 2)}*`] : null) ?? null
  );
}

function byMessage(message: unknown): DatabaseTrouble | null {
  if (typeof message !== 'string') return null;
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? null;
}
