import { describe, expect, it } from 'vitest';
import type { RedisTarget } from '../config/redis-target.js';
import { modeOf } from './redis-mode.js';
import { retryAfterMs, sentinelOptions, serverOptions, type ReadTls } from './redis-options.js';

const readTls: ReadTls = (tls) => (tls === null ? undefined : { ca: `text of ${tls.caFile}` });
const sentinels: Extract<RedisTarget, { kind: 'sentinels' }> = {
  kind: 'sentinels',
  setting: 'REDIS_SENTINELS',
  sentinels: [{ host: 'one', port: 1 }],
  name: 'wakeups',
  login: { user: 'u', password: 'p' },
  sentinelLogin: { user: 'su', password: 'sp' },
  tls: { caFile: '/a' },
  sentinelTls: { caFile: '/b' },
};

describe('the options of a connection', () => {
  it('to a server have what its URL does not say', () => {
    const server = { kind: 'server', setting: 'REDIS_URL', url: 'rediss://u:p@r' } as const;
    expect(serverOptions({ ...server, tls: { caFile: '/a' } }, readTls)).toEqual({
      tls: { ca: 'text of /a' },
    });
    expect(serverOptions({ ...server, tls: null }, readTls)).toEqual({});
  });

  it('through sentinels have both logins and both authorities', () => {
    expect(serverOptions(sentinels, readTls)).toEqual({
      username: 'u',
      password: 'p',
      tls: { ca: 'text of /a' },
    });
    expect(sentinelOptions(sentinels, 700, readTls)).toMatchObject({
      sentinels: [{ host: 'one', port: 1 }],
      name: 'wakeups',
      sentinelUsername: 'su',
      sentinelPassword: 'sp',
      sentinelTLS: { ca: 'text of /b' },
      enableTLSForSentinelMode: true,
      sentinelCommandTimeout: 700,
    });
  });

  it('through sentinels without logins and TLS have none', () => {
    const plain = { ...sentinels, login: {}, sentinelLogin: {}, tls: null, sentinelTls: null };
    expect(serverOptions(plain, readTls)).toEqual({});
    expect(Object.keys(sentinelOptions(plain, 700, readTls))).not.toContain('sentinelTLS');
  });

  it('through sentinels leave a server that was demoted, and repeat the command', () => {
    const { reconnectOnError } = sentinelOptions(sentinels, 700, readTls);
    expect(reconnectOnError(new Error("READONLY You can't write against a read only replica."))).toBe(2);
    expect(reconnectOnError(new Error('OOM command not allowed'))).toBe(false);
  });
});

it('an attempt to connect follows after 50 ms to half a second', () => {
  expect([1, 2, 9, 10, 1000].map(retryAfterMs)).toEqual([50, 100, 450, 500, 500]);
});

describe('the kind of a server', () => {
  it.each<[unknown, string | null]>([
    [['server', 'redis', 'mode', 'sentinel', 'role', 'master'], 'sentinel'],
    [new Map([['mode', 'cluster']]), 'cluster'],
    [{ mode: 'standalone' }, 'standalone'],
    [['server', 'redis'], null],
    [null, null],
  ])('%j: %s', (answer, mode) => expect(modeOf(answer)).toBe(mode));
});
