import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { configFrom, Database } from '@breakwater/platform';
import { caught } from '@breakwater/testing/caught.js';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LimitStore } from './limit-store.service.js';
import { leaseSize } from './leased-points.js';
import { RequestLimits } from './request-limits.service.js';

const warnings: string[] = [];
let test: TestDatabase;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  Logger.overrideLogger({
    log: () => undefined,
    error: () => undefined,
    warn: (line: string) => void warnings.push(line),
  });
  test = await createTestDatabase();
});

afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  await test.drop();
});

/** The limits of one process. */
function startProcess(env: Record<string, string>, databaseUrl = test.url): RequestLimits {
  const config = configFrom({
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    ...env,
  });
  const database = new Database({ url: databaseUrl, poolMax: 3 });
  const store = new LimitStore(config, database);
  closing.push(() => (store.onApplicationShutdown(), database.onApplicationShutdown()));
  return new RequestLimits(config, store);
}

const anyPrefix = (): string => `t${randomBytes(6).toString('hex')}`;
const passed = async (asked: Promise<void>[]): Promise<number> =>
  (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled').length;
const redisUrl = inject('redisUrl');

describe.each<[string, Record<string, string>, boolean]>([
  ['Redis', redisUrl === null ? {} : { REDIS_URL: redisUrl }, redisUrl !== null],
  ['PostgreSQL', {}, true],
])('a limit counted in %s', (_, backend, isHere) => {
  describe.skipIf(!isHere)('(skipped where redis-server is not installed)', () => {
    it.each([7, 100, 130])('of %i is shared by two processes, in any order', async (limit) => {
      const ask = async () => {
        warnings.length = 0;
        const env = { ...backend, QUEUE_PREFIX: anyPrefix(), API_RATE_LIMIT_PER_MINUTE: String(limit) };
        const processes = [startProcess(env), startProcess(env)] as const;
        const asked = Array.from({ length: 3 * limit }, (_ask, n) => processes[n % 2]!.countRequest('key'));
        const through = await passed(asked);
        // On a busy machine a process may get no answer in time: it says so and counts alone.
        return !warnings.some((line) => line.includes('no answer within')) && { processes, through };
      };
      const { processes, through } = await eventually(ask, { what: 'counts that are shared' });
      expect(through).toBeLessThanOrEqual(limit);
      expect(through).toBeGreaterThanOrEqual(limit - 2 * leaseSize(limit));
      expect(await passed([processes[0].countRequest('another key')])).toBe(1);
    });

    it('tells a refused caller the limit and when to try again', async () => {
      const env = { ...backend, QUEUE_PREFIX: anyPrefix(), API_RATE_LIMIT_PER_MINUTE: '1' };
      const limits = startProcess(env);
      await limits.countRequest('key');
      const error = (await caught(limits.countRequest('key'))) as { message: string; retryAfterS: number };
      expect(error).toMatchObject({ code: 'RATE_LIMITED' });
      expect(error.message).toMatch(/^this key may send 1 requests per minute; try again in \d+ s$/);
      expect(error.retryAfterS).toBeGreaterThan(50);
      expect(error.retryAfterS).toBeLessThanOrEqual(60);
    });

    it('counts keys and addresses separately', async () => {
      const limits = startProcess({
        ...backend,
        QUEUE_PREFIX: anyPrefix(),
        API_RATE_LIMIT_PER_MINUTE: '1',
        API_AUTH_FAILURES_PER_MINUTE: '1',
      });
      await limits.countRequest('same');
      await limits.countFailure('same');
      expect(await caught(limits.countFailure('same'))).toMatchObject({ code: 'RATE_LIMITED' });
    });
  });
});

describe('a limit of 0', () => {
  it('is no limit', async () => {
    const limits = startProcess({ API_RATE_LIMIT_PER_MINUTE: '0', API_AUTH_FAILURES_PER_MINUTE: '0' });
    const asked = Array.from({ length: 500 }, () => [limits.countRequest('k'), limits.countFailure('a')]);
    expect(await passed(asked.flat())).toBe(1000);
  });
});

/** Accepts connections and does not answer. */
async function silentRedis(): Promise<{ REDIS_URL: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    closing.push(() => socket.destroy());
  });
  closing.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { REDIS_URL: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('a limit whose store is unavailable', () => {
  it.each([
    ['a Redis that does not answer', silentRedis, undefined],
    ['Redis', async () => ({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` }), undefined],
    ['PostgreSQL', async () => ({}), async () => `postgresql://nobody@127.0.0.1:${await freePort()}/none`],
  ])('is kept by each process alone, which is logged once: %s', async (_, env, databaseUrl) => {
    warnings.length = 0;
    const settings = { ...(await env()), API_RATE_LIMIT_PER_MINUTE: '40' };
    const url = await databaseUrl?.();
    const processes = [startProcess(settings, url), startProcess(settings, url)];
    for (const limits of processes) {
      expect(await passed(Array.from({ length: 100 }, () => limits.countRequest('key')))).toBe(40);
    }
    expect(warnings.filter((line) => line.includes('kept by each process alone'))).toHaveLength(2);
  });
});
