import type { Problem } from '../errors/breakwater.error.js';
import type { RedisSettings } from './sections/redis.js';

/** Each of these says where the queue is. */
const PLACES = ['REDIS_URL', 'REDIS_HOST', 'REDIS_SENTINELS', 'REDIS_CLUSTER'];
const SENTINELS_ONLY = ['REDIS_SENTINEL_USER', 'REDIS_SENTINEL_PASSWORD', 'REDIS_SENTINEL_TLS'];

/** Rules between the settings of Redis. REDIS_URL overrides REDIS_HOST and its parts: hosts and compose files set both. */
export function redisProblems(
  env: Readonly<Record<string, string | undefined>>,
  settings: Pick<RedisSettings, 'url' | 'tls' | 'sentinelTls'>,
): Problem[] {
  const isSet = (name: string) => Boolean(env[name]?.trim());
  const problems: Problem[] = [];
  const broken = (name: string, rule: string, message: string) =>
    problems.push({ pointer: `/${name}`, rule, message: `${name} ${message}` });

  const [place, other] = PLACES.filter(isSet).filter((name) => name !== 'REDIS_HOST' || !isSet('REDIS_URL'));
  if (other !== undefined) broken(other, 'alone', `and ${place} exclude each other; leave one of them out`);

  if (place === undefined) {
    for (const name of ['REDIS_PASSWORD', 'REDIS_USER']) {
      if (isSet(name))
        broken(name, 'alone', 'has no effect without REDIS_HOST, REDIS_SENTINELS or REDIS_CLUSTER');
    }
  }
  if (isSet('REDIS_USER') && !isSet('REDIS_PASSWORD'))
    broken('REDIS_USER', 'alone', 'has no effect without REDIS_PASSWORD');
  if (isSet('REDIS_SENTINEL_USER') && !isSet('REDIS_SENTINEL_PASSWORD'))
    broken('REDIS_SENTINEL_USER', 'alone', 'has no effect without REDIS_SENTINEL_PASSWORD');
  if (isSet('QUEUE_SHARDS') && !isSet('REDIS_CLUSTER'))
    broken('QUEUE_SHARDS', 'alone', 'has no effect without REDIS_CLUSTER');
  if (!isSet('REDIS_SENTINELS')) {
    for (const name of SENTINELS_ONLY.filter(isSet))
      broken(name, 'alone', 'has no effect without REDIS_SENTINELS');
  }
  const { url, tls, sentinelTls } = settings;
  if (tls && url?.startsWith('redis:'))
    broken('REDIS_TLS', 'alone', 'has no effect on REDIS_URL; let the URL begin with rediss://');
  if (isSet('REDIS_TLS_CA_FILE') && !tls && !sentinelTls && !url?.startsWith('rediss:'))
    broken('REDIS_TLS_CA_FILE', 'alone', 'has no effect without REDIS_TLS=true, or REDIS_URL with rediss://');
  return problems;
}
