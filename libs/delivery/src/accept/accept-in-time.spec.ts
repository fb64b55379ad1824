import { configFrom, Database, DatabaseTimeoutError, newId } from '@breakwater/platform';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Link } from '@breakwater/testing/link.js';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AcceptStore, type Accepted, type NewDelivery } from './accept.store.js';

/** Long enough for a statement to reach the server on a busy machine, ms. */
const ACCEPT_TIMEOUT = 3_000;

describe('an acceptance whose result is not known in time', () => {
  let test: TestDatabase;
  let owner: pg.Pool;
  let link: Link;
  let database: Database;
  let store: AcceptStore;
  let unlock = async (): Promise<void> => undefined;

  beforeAll(async () => {
    test = await createTestDatabase();
    owner = new pg.Pool({ connectionString: test.url, max: 2 });
    owner.on('error', () => undefined);
  });
  afterAll(async () => {
    await owner.end();
    await test.drop();
  });
  beforeEach(async () => {
    link = await Link.to(test.url);
    database = new Database({ url: link.url, poolMax: 4 });
    const config = configFrom({
      DATABASE_URL: link.url,
      ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      ACCEPT_TIMEOUT: String(ACCEPT_TIMEOUT),
    });
    store = new AcceptStore(database, config);
    await fillPool();
  });
  afterEach(async () => {
    await unlock();
    await database.onApplicationShutdown();
    await link.cut();
  });

  async function fillPool(): Promise<void> {
    const clients = await Promise.all(Array.from({ length: 4 }, () => database.pool.connect()));
    for (const client of clients) client.release();
  }

  /** Accepts wait until the lock is released, as commits wait for a standby that is lost. */
  async function lock(): Promise<void> {
    const holder = await owner.connect();
    await holder.query('BEGIN; LOCK TABLE deliveries IN SHARE MODE');
    let held = true;
    unlock = async () => {
      if (held) await holder.query('COMMIT');
      if (held) holder.release();
      held = false;
    };
  }

  const delivery = (): NewDelivery => ({
    id: newId(),
    appId: 'quiz',
    endpointId: newId(),
    capability: 'report',
    kind: 'invocation',
    eventType: null,
    requestId: 'r',
    body: Buffer.from('{}'),
    contentType: 'application/json',
    timeoutMs: 1_000,
    traceParent: null,
    maxAttempts: 3,
  });
  const withKey = (key: string, given = delivery()): Promise<Accepted> =>
    store.acceptOnce(given, { key, digest: 'd'.repeat(64) });
  const stored = async (ids: string[]): Promise<number> =>
    (await owner.query('SELECT id FROM deliveries WHERE id = ANY ($1::uuid[])', [ids])).rowCount!;

  it('is refused on frozen connections, and the next ones are stored at once', async () => {
    link.freeze();
    const lost = Array.from({ length: 20 }, () => delivery());
    const results = await Promise.allSettled(lost.map((each) => store.accept(each)));
    for (const result of results)
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'DATABASE_UNAVAILABLE', retryAfterS: 2 },
      });
    const next = Array.from({ length: 20 }, () => delivery());
    await Promise.all(next.map((each) => store.accept(each)));
    expect(await stored(next.map(({ id }) => id))).toBe(20);
    expect(await stored(lost.map(({ id }) => id))).toBe(0);
  });

  it('was not stored: the next try with its key is accepted, once', async () => {
    const [first, second] = [delivery(), delivery()];
    link.freeze();
    await expect(withKey('not through', first)).rejects.toThrow(DatabaseTimeoutError);
    expect(await withKey('not through', second)).toMatchObject({ kind: 'accepted', id: second.id });
    expect(await withKey('not through')).toEqual({ kind: 'replayed', id: second.id });
    expect(await stored([first.id, second.id])).toBe(1);
  });

  it('was stored although the response was lost: its key finds the delivery', async () => {
    const [first, second] = [delivery(), delivery()];
    link.loseAnswers();
    await expect(withKey('through', first)).rejects.toThrow(DatabaseTimeoutError);
    await eventually(async () => (await stored([first.id])) === 1);
    expect(await withKey('through', second)).toEqual({ kind: 'replayed', id: first.id });
    expect(await stored([first.id, second.id])).toBe(1);
  });

  it('is stored late: its key is refused in time until then, and finds the one delivery after that', async () => {
    await lock();
    const tries = [delivery(), delivery(), delivery()];
    const [first, second, third] = tries as [NewDelivery, NewDelivery, NewDelivery];
    await expect(withKey('late', first)).rejects.toThrow(DatabaseTimeoutError);
    await expect(withKey('late', second)).rejects.toThrow(DatabaseTimeoutError);
    await unlock();
    await eventually(async () => (await stored([first.id, second.id])) === 1);
    const found = await withKey('late', third);
    expect(found.kind).toBe('replayed');
    expect(await stored(tries.map(({ id }) => id))).toBe(1);
  });

  it('is not retried row by row: each row would wait as long again', async () => {
    await lock();
    const rows = Array.from({ length: 10 }, () => delivery());
    const results = await Promise.allSettled(rows.map((each) => store.accept(each)));
    expect(results.map(({ status }) => status)).toEqual(Array(10).fill('rejected'));
    await unlock();
    // The one statement that carried all of them ends now.
    await eventually(async () => (await stored(rows.map(({ id }) => id))) === 10);
  });
});
