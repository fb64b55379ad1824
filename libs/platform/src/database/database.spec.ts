import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Database } from './database.service.js';

describe('the database of a process', () => {
  let test: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Database({ url: test.url, poolMax: 2 });
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await test.drop();
  });

  it('loses a borrowed connection without ending the process', async () => {
    const client = await database.pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    await test.run(`SELECT pg_terminate_backend(${rows[0]!.pid})`);
    await ended; // An error without a listener would have ended this test run.
    client.release(true);
    expect(await database.query({ text: 'SELECT 1 AS one' })).toEqual([{ one: 1 }]);
  });

  it('loses a transaction without statements, and its locks with it', async () => {
    const other = new Database({ url: test.url, poolMax: 1, stalledAfterMs: 200 });
    const lock = `INSERT INTO periodic_runs (name, due_at) VALUES ('a', now()) ON CONFLICT (name) DO UPDATE SET due_at = now()`;
    const standing = Promise.withResolvers<void>();
    const thawing = Promise.withResolvers<void>();
    const lost = other.transaction(async (client) => {
      await client.query(lock);
      standing.resolve();
      await thawing.promise;
    });
    await standing.promise;
    await database.query({ text: lock }); // Waits until the other session's lock is released.
    thawing.resolve();
    await expect(lost).rejects.toThrow(/terminat|not queryable|closed/i);
    await other.onApplicationShutdown();
  });

  describe('work that only one process does at a time', () => {
    const idleTimeout = async (): Promise<string> =>
      (await database.query<{ idle_session_timeout: string }>({ text: 'SHOW idle_session_timeout' }))[0]!
        .idle_session_timeout;

    it('is refused while another process does it, and not after that', async () => {
      const other = new Database({ url: test.url, poolMax: 1 });
      expect(await other.withLock("a's", () => database.withLock("a's", async () => 'done'))).toBeNull();
      expect(await other.withLock("a's", () => database.withLock("b's", async () => 'done'))).toBe('done');
      expect(await database.withLock("a's", async () => 'done')).toBe('done');
      await other.onApplicationShutdown();
    });

    it('leaves the connection as it was, also one without the lock', async () => {
      const usual = await idleTimeout();
      await database.withLock('a', () => database.withLock('a', async () => 'done'), {
        stalledAfterMs: 60_000,
      });
      expect(await Promise.all([idleTimeout(), idleTimeout()])).toEqual([usual, usual]);
    });

    it('that fails can be done by the next', async () => {
      const failed = database.withLock('a', async () => {
        throw new Error('work failed');
      });
      await expect(failed).rejects.toThrow('work failed');
      expect(await eventually(() => database.withLock('a', async () => 'done'))).toBe('done');
    });

    it('loses its lock when its session stalls, and is notified', async () => {
      const stood = database.withLock(
        'a',
        (_client, lost) => new Promise((resolve) => lost.addEventListener('abort', resolve)),
        { stalledAfterMs: 100 },
      );
      await expect(stood).rejects.toThrow(/not queryable|closed/i);
      expect(await eventually(() => database.withLock('a', async () => 'done'))).toBe('done');
    });
  });

  it('repeats a statement that lost a deadlock, for example against a migration', async () => {
    const migration = new pg.Client({ connectionString: test.url });
    await migration.connect();
    // The other session loses the deadlock: this one waits for a minute before it checks.
    await migration.query(`BEGIN; SET LOCAL deadlock_timeout = '60s'; LOCK TABLE deliveries`);
    const asked = database.query({ text: 'SELECT count(*) FROM endpoints, deliveries' });
    await eventually(async () => {
      const { rows } = await migration.query(
        // Tables of other databases made from the same template have the same oid.
        `SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database
         WHERE relation = 'deliveries'::regclass AND NOT granted AND d.datname = current_database()`,
      );
      return rows.length > 0;
    });
    await migration.query('LOCK TABLE endpoints');
    await migration.query('COMMIT');
    expect(await asked).toEqual([{ count: 0 }]);
    await migration.end();
  });

  it('looks rows up by index, also while its tables are empty', async () => {
    const rows = await database.query<{ 'QUERY PLAN': string }>({
      text: `EXPLAIN (COSTS OFF) SELECT 1 FROM deliveries WHERE id = '01a20171-5037-7000-9672-ad48df724db1'`,
    });
    const scans = rows.map((row) => row['QUERY PLAN']).filter((line) => line.includes('Scan'));
    expect(scans.length).toBeGreaterThan(1);
    for (const scan of scans) expect(scan).toMatch(/Index Only Scan using deliveries_\w+_pkey/);
  });

  it('prunes no partitions: PostgreSQL 18.4 reads freed memory when it prunes while rows change (ADR 21)', async () => {
    expect(await database.query({ text: 'SHOW enable_partition_pruning' })).toEqual([
      { enable_partition_pruning: 'off' },
    ]);
  });
});
