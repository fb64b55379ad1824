import type { RedisLogin, RedisTarget, RedisTls } from '../config/redis-target.js';

/** Redis is found again within this time after it is back, ms. */
export const RECONNECTS_WITHIN_MS = 500;

/** TLS as Node wants it: the text of the authority instead of its file. */
export type ReadTls = (tls: RedisTls | null) => { ca?: string } | undefined;

/** Grows with each attempt in a row, ms. */
export const retryAfterMs = (times: number): number => Math.min(times * 50, RECONNECTS_WITHIN_MS);

/** The login and the TLS of the servers that hold the queue; those of a single server are in its URL. */
export function serverOptions(
  target: RedisTarget,
  readTls: ReadTls,
): { username?: string; password?: string; tls?: { ca?: string } } {
  const tls = readTls(target.tls);
  const login = target.kind === 'server' ? {} : loginOptions(target.login);
  return tls === undefined ? login : { ...login, tls };
}

/** How ioredis finds the primary: it asks the sentinels for each connection that it opens. */
export function sentinelOptions(
  target: Extract<RedisTarget, { kind: 'sentinels' }>,
  timeoutMs: number,
  readTls: ReadTls,
) {
  const tls = readTls(target.sentinelTls);
  const { username, password } = loginOptions(target.sentinelLogin);
  return {
    sentinels: target.sentinels,
    name: target.name,
    role: 'master' as const,
    sentinelCommandTimeout: timeoutMs,
    sentinelRetryStrategy: retryAfterMs,
    enableTLSForSentinelMode: target.tls !== null,
    // A server that sentinels demoted may keep its connections for a moment: 2 means to connect again, and to repeat
    // the command there.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false),
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
    ...(tls === undefined ? {} : { sentinelTLS: tls }),
  };
}

export function loginOptions({ user, password }: RedisLogin): { username?: string; password?: string } {
  return {
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
  };
}
