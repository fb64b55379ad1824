import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, ownerPool, type TestDatabase } from '@breakwater/testing/database.js';
import { memoryStore } from './memory.js';
import { postgresStore, type PostgresStore } from './postgres.store.js';
import { redisStore } from './redis.store.js';
import type { Store } from './store.js';

const LONG_MS = 60_000;
const id = () => `msg_${randomUUID()}`;

/** What every store keeps to. */
function storeSuite(store: () => Store): void {
  it('gives a delivery to one of those who claim it at once', async () => {
    const one = id();
    const tokens = Array.from({ length: 8 }, () => randomUUID());
    const claims = await Promise.all(tokens.map((token) => store().claim(one, token, LONG_MS)));
    expect(claims.map(({ state }) => state).toSorted()).toEqual(['new', ...Array<string>(7).fill('running')]);
  });

  it('keeps the answer, whatever is in it', async () => {
    const [one, answer] = [id(), '{"status":200,"body":"Zürich = \u{1f600}"}'];
    await store().claim(one, 'a', LONG_MS);
    await store().finish(one, answer, LONG_MS);
    expect(await store().claim(one, 'b', LONG_MS)).toEqual({ state: 'done', answer });
    expect(await store().claim(id(), 'b', LONG_MS)).toEqual({ state: 'new' });
  });

  it('gives a delivery again that was forgotten', async () => {
    const one = id();
    await store().claim(one, 'a', LONG_MS);
    await store().forget(one, 'a');
    expect(await store().claim(one, 'b', LONG_MS)).toEqual({ state: 'new' });
  });

  it('forgets no claim of another, and no answer', async () => {
    const one = id();
    await store().claim(one, 'a', LONG_MS);
    await store().forget(one, 'b');
    expect(await store().claim(one, 'c', LONG_MS)).toEqual({ state: 'running' });
    await store().finish(one, 'x', LONG_MS);
    await store().forget(one, 'a');
    expect(await store().claim(one, 'c', LONG_MS)).toEqual({ state: 'done', answer: 'x' });
  });

  it('gives a delivery again when its lease is over', async () => {
    const one = id();
    await store().claim(one, 'a', 1);
    await expect.poll(() => store().claim(one, 'b', LONG_MS)).toEqual({ state: 'new' });
    await store().forget(one, 'a');
    expect(await store().claim(one, 'c', LONG_MS)).toEqual({ state: 'running' });
  });

  it('keeps an answer no longer than asked', async () => {
    const one = id();
    await store().claim(one, 'a', LONG_MS);
    await store().finish(one, 'x', 1);
    await expect.poll(() => store().claim(one, 'b', LONG_MS)).toEqual({ state: 'new' });
  });
}

describe('the store in memory', () => {
  const store = memoryStore();
  storeSuite(() => store);
});

const redisUrl = inject('redisUrl');
describe.skipIf(redisUrl === null)('the store in Redis (needs redis-server)', () => {
  let redis: Redis;
  beforeAll(() => {
    redis = new Redis(redisUrl!);
  });
  afterAll(() => redis.quit());

  describe('with a client of ioredis', () => {
    storeSuite(() => redisStore(redis));
  });

  describe('with a client that has sendCommand, as node-redis', () => {
    const client = { sendCommand: ([command, ...args]: string[]) => redis.call(command!, ...args) };
    storeSuite(() => redisStore(client, { prefix: 'other:' }));
  });
});

describe('the store in PostgreSQL', () => {
  let database: TestDatabase;
  let pool: ReturnType<typeof ownerPool>;
  let store: PostgresStore;
  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    pool = ownerPool(database.url, 4);
    store = postgresStore(pool);
    await store.setup();
    await store.setup();
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  storeSuite(() => store);

  it('deletes what is over when it is cleaned', async () => {
    await database.run('TRUNCATE handled_webhooks');
    await store.claim('kept', 'a', LONG_MS);
    await database.run(`INSERT INTO handled_webhooks VALUES ('over', '', 'x', now() - interval '1 s')`);
    await store.clean();
    expect((await pool.query('SELECT id FROM handled_webhooks')).rows).toEqual([{ id: 'kept' }]);
  });
});
