import { describe, expect, it } from 'vitest';
import { isHostPort } from './addresses.js';
import { configFrom } from './load.io.js';
import { parseConfig } from './parse.js';
import { redisAddress, shownTarget } from './redis-target.js';

const minimal = {
  DATABASE_URL: 'postgresql://u@h/d',
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
};

const targetOf = (env: Record<string, string>) => {
  const parsed = parseConfig({ ...minimal, ...env });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config.redis;
};

const problemsOf = (env: Record<string, string>): string[] => {
  const parsed = parseConfig({ ...minimal, ...env });
  return parsed.ok ? [] : parsed.problems.map(({ message }) => message);
};

describe('the address of a server', () => {
  it.each([
    ['redis.example:26379', true],
    ['10.0.0.7:6379', true],
    ['[::1]:6379', true],
    ['redis.example', false],
    ['redis.example:0', false],
    ['redis.example:65536', false],
    ['redis://redis.example:6379', false],
    ['[::]]:6379', false],
  ])('%s: %s', (text, expected) => expect(isHostPort(text)).toBe(expected));

  it('is read with an IPv6 address, too', () => {
    expect(redisAddress('[::1]:6379')).toEqual({ host: '::1', port: 6379 });
    expect(redisAddress('a:1')).toEqual({ host: 'a', port: 1 });
  });
});

describe('Redis in parts', () => {
  it('has user, password and TLS', () => {
    const env = {
      REDIS_HOST: 'r',
      REDIS_USER: 'bw',
      REDIS_PASSWORD: 'p@ss',
      REDIS_TLS: 'true',
      REDIS_TLS_CA_FILE: '/ca.pem',
    };
    expect(targetOf(env)).toEqual({
      kind: 'server',
      setting: 'REDIS_HOST',
      url: 'rediss://bw:p%40ss@r:6379',
      tls: { caFile: '/ca.pem' },
    });
  });

  it('of REDIS_SENTINELS is the primary that they name, with logins for both', () => {
    const target = targetOf({
      REDIS_SENTINELS: 'one:26379, [::2]:26380',
      REDIS_SENTINEL_NAME: 'wakeups',
      REDIS_SENTINEL_USER: 'watcher',
      REDIS_SENTINEL_PASSWORD: 's',
      REDIS_SENTINEL_TLS: 'false',
      REDIS_USER: 'bw',
      REDIS_PASSWORD: 'p',
      REDIS_TLS: 'yes',
    });
    expect(target).toEqual({
      kind: 'sentinels',
      setting: 'REDIS_SENTINELS',
      sentinels: [
        { host: 'one', port: 26_379 },
        { host: '::2', port: 26_380 },
      ],
      name: 'wakeups',
      login: { user: 'bw', password: 'p' },
      sentinelLogin: { user: 'watcher', password: 's' },
      tls: {},
      sentinelTls: null,
    });
    expect(shownTarget(target!)).toBe('one:26379, [::2]:26380');
  });

  it('of REDIS_CLUSTER is a cluster, with a prefix for each shard', () => {
    const env = { REDIS_CLUSTER: 'a:1,b:2', REDIS_USER: 'bw', REDIS_PASSWORD: 'p' };
    expect(targetOf(env)).toEqual({
      kind: 'cluster',
      setting: 'REDIS_CLUSTER',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      login: { user: 'bw', password: 'p' },
      tls: null,
    });
    expect(shownTarget(targetOf(env)!)).toBe('a:1, b:2');
    expect(configFrom({ ...minimal, ...env }).queuePrefixes).toHaveLength(4);
    expect(configFrom({ ...minimal, ...env, QUEUE_SHARDS: '2' }).queuePrefixes).toEqual([
      '{breakwater-0}',
      '{breakwater-1}',
    ]);
    expect(configFrom(minimal).queuePrefixes).toEqual(['breakwater']);
  });

  it('of REDIS_SENTINELS uses TLS for the sentinels as for the servers', () => {
    const env = { REDIS_SENTINELS: 'one:1', REDIS_TLS: 'true', REDIS_TLS_CA_FILE: '/ca' };
    expect(targetOf(env)).toMatchObject({
      login: {},
      tls: { caFile: '/ca' },
      sentinelTls: { caFile: '/ca' },
    });
  });
});

describe('settings of Redis that do not fit each other', () => {
  it.each<[Record<string, string>, string]>([
    [
      { REDIS_SENTINELS: 'a:1', REDIS_URL: 'redis://b' },
      'REDIS_SENTINELS and REDIS_URL exclude each other; leave one of them out',
    ],
    [
      { REDIS_SENTINELS: 'a:1', REDIS_HOST: 'b' },
      'REDIS_SENTINELS and REDIS_HOST exclude each other; leave one of them out',
    ],
    [
      { REDIS_USER: 'u', REDIS_PASSWORD: 'p' },
      'REDIS_USER has no effect without REDIS_HOST, REDIS_SENTINELS or REDIS_CLUSTER',
    ],
    [{ REDIS_HOST: 'a', REDIS_USER: 'u' }, 'REDIS_USER has no effect without REDIS_PASSWORD'],
    [
      { REDIS_SENTINELS: 'a:1', REDIS_SENTINEL_USER: 'u' },
      'REDIS_SENTINEL_USER has no effect without REDIS_SENTINEL_PASSWORD',
    ],
    [
      { REDIS_HOST: 'a', REDIS_SENTINEL_PASSWORD: 'p' },
      'REDIS_SENTINEL_PASSWORD has no effect without REDIS_SENTINELS',
    ],
    [
      { REDIS_URL: 'redis://a', REDIS_TLS: 'true' },
      'REDIS_TLS has no effect on REDIS_URL; let the URL begin with rediss://',
    ],
    [
      { REDIS_HOST: 'a', REDIS_TLS_CA_FILE: '/ca' },
      'REDIS_TLS_CA_FILE has no effect without REDIS_TLS=true, or REDIS_URL with rediss://',
    ],
    [
      { REDIS_SENTINELS: 'a' },
      'REDIS_SENTINELS must be a comma-separated list of addresses with a port, host:port',
    ],
  ])('%j', (env, message) => expect(problemsOf(env)).toContain(message));

  it('are none where REDIS_URL overrides REDIS_HOST and its parts', () => {
    const env = { REDIS_URL: 'rediss://a', REDIS_HOST: 'b', REDIS_USER: 'u', REDIS_PASSWORD: 'p' };
    expect(problemsOf({ ...env, REDIS_TLS: 'true', REDIS_TLS_CA_FILE: '/ca' })).toEqual([]);
    expect(targetOf({ REDIS_URL: 'rediss://a', REDIS_TLS_CA_FILE: '/ca' })).toMatchObject({
      tls: { caFile: '/ca' },
    });
  });
});
