import { readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import type { Config } from '../config/index.js';
import {
  shownTarget,
  type RedisAddress,
  type RedisLogin,
  type RedisTarget,
  type RedisTls,
} from '../config/redis-target.js';
import { readTls, openRedis } from '../redis/open-redis.io.js';
import { loginOptions } from '../redis/redis-options.js';
import { modeOf } from '../redis/redis-mode.js';
import { redisKindFault, type StartFault } from './start-fault.js';
import { StartRefusedError } from './start-refused.error.js';

/** Longest wait for an answer; a start does not wait for a Redis that is away, ms. */
const LIMIT_MS = 1_000;

/**
 * Checks that the Redis of the settings, if it answers, is of the kind that they say: a sentinel holds no queue, for
 * example. A Redis that does not answer refuses no start: it may come back.
 * @throws StartRefusedError
 */
export async function checkRedisKind({ redis: target }: Config): Promise<void> {
  if (target === null) return;
  const fault =
    (await unreadableAuthority(target)) ??
    (target.kind === 'sentinels' ? await sentinelsFault(target) : await serverFault(target));
  if (fault !== null) throw new StartRefusedError(fault);
}

async function unreadableAuthority(target: RedisTarget): Promise<StartFault | null> {
  const { caFile } = target.tls ?? (target.kind === 'sentinels' ? target.sentinelTls : null) ?? {};
  if (caFile === undefined) return null;
  try {
    await readFile(caFile);
    return null;
  } catch (error) {
    return {
      kind: 'authority_unreadable',
      setting: 'REDIS_TLS_CA_FILE',
      file: caFile,
      why: (error as NodeJS.ErrnoException).code ?? 'unknown',
    };
  }
}

async function serverFault(target: Exclude<RedisTarget, { kind: 'sentinels' }>): Promise<StartFault | null> {
  const servers =
    target.kind === 'cluster'
      ? target.nodes.map((node) => serverAt(node, { login: target.login, tls: target.tls }))
      : [openRedis(target, LIMIT_MS, { lazyConnect: true, once: true })];
  const answers = await Promise.all(servers.map((redis) => ask(redis, async () => redis.call('HELLO'))));
  const faults = answers
    .filter((answer) => answer !== null)
    .map((answer) => redisKindFault(target, modeOf(answer)));
  return faults.includes(null) ? null : (faults[0] ?? null);
}

/** Null unless all that answer say the same. */
async function sentinelsFault(
  target: Extract<RedisTarget, { kind: 'sentinels' }>,
): Promise<StartFault | null> {
  const answers = await Promise.all(target.sentinels.map((address) => primaryOf(target, address)));
  const place = { setting: target.setting, at: shownTarget(target) };
  const known = answers.filter((answer) => answer !== null);
  if (known.length === 0 || known.includes('known')) return null;
  return known.includes('unknown')
    ? { kind: 'primary_unknown', ...place, name: target.name }
    : { kind: 'not_sentinels', ...place };
}

async function primaryOf(
  { name, sentinelLogin, sentinelTls }: Extract<RedisTarget, { kind: 'sentinels' }>,
  address: RedisAddress,
): Promise<'known' | 'unknown' | 'no_sentinel' | null> {
  const redis = serverAt(address, { login: sentinelLogin, tls: sentinelTls });
  return ask(redis, async () => {
    try {
      const primary = await redis.call('SENTINEL', 'get-master-addr-by-name', name);
      return primary === null ? 'unknown' : 'known';
    } catch (error) {
      return /unknown command/i.test((error as Error).message) ? 'no_sentinel' : null;
    }
  });
}

function serverAt(
  { host, port }: RedisAddress,
  { login, tls }: { login: RedisLogin; tls: RedisTls | null },
): Redis {
  const authority = readTls(tls);
  return new Redis({
    host,
    port,
    ...loginOptions(login),
    ...(authority === undefined ? {} : { tls: authority }),
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: LIMIT_MS,
    commandTimeout: LIMIT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
}

/** @returns null where there is no answer */
async function ask<T>(redis: Redis, question: () => Promise<T>): Promise<T | null> {
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await question();
  } catch {
    return null;
  } finally {
    redis.disconnect();
  }
}
