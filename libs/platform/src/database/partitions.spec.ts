import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { newId } from '../ids/ids.io.js';
import { Database } from './database.service.js';

const DAY = 86_400_000;
const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY);

/** An id created at that time. */
function idOf(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`;
}

describe('the partitions of deliveries, attempts and notes', () => {
  let test: TestDatabase;
  let owner: pg.Client;
  let database: Database;

  beforeAll(async () => {
    test = await createTestDatabase();
    owner = new pg.Client({ connectionString: test.url });
    await owner.connect();
    database = new Database({ url: test.url, poolMax: 2 });
  });
  beforeEach(async () => {
    await owner.query('DELETE FROM deliveries; DELETE FROM attempts; DELETE FROM delivery_notes');
    await owner.query('DELETE FROM webhook_dead_letter_queue');
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await owner.end();
    await test.drop();
  });

  interface Dropped {
    name: string;
    about_rows: number;
    kept: number;
  }
  const make = async (since = new Date()): Promise<string[]> =>
    (await database.query<{ name: string }>({ text: 'SELECT make_partitions($1) AS name' }, [since])).map(
      ({ name }) => name,
    );
  const drop = (before: Date): Promise<Dropped[]> =>
    database.query<Dropped>({ text: 'SELECT * FROM drop_finished_deliveries($1)' }, [before]);
  const placeOf = async (id: string): Promise<string | undefined> =>
    (
      await database.query<{ place: string }>(
        { text: 'SELECT tableoid::regclass::text AS place FROM deliveries WHERE id = $1' },
        [id],
      )
    )[0]?.place;
  const rowsOf = async (table: string, key: string, id: string): Promise<number> =>
    (
      await database.query<{ n: number }>({ text: `SELECT count(*) AS n FROM ${table} WHERE ${key} = $1` }, [
        id,
      ])
    )[0]!.n;

  /** A delivery with one attempt and one note. */
  async function delivery(
    acceptedAt: Date,
    { status = 'completed', finishedAt = acceptedAt }: { status?: string; finishedAt?: Date } = {},
  ): Promise<string> {
    const id = idOf(acceptedAt);
    const pending = status === 'pending';
    await database.query(
      {
        text: `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type,
                 timeout_ms, status, created_at, finished_at, next_attempt_at)
               VALUES ($1, 'quiz', $1, 'report', 'event', 'async', 'r', '', 't', 1000, $2, $3, $4, $5)`,
      },
      [id, status, acceptedAt, pending ? null : finishedAt, pending ? new Date() : null],
    );
    await database.query(
      {
        text: `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next)
               VALUES ($1, 1, 'quiz', $1, 'report', $2, 5, 'success', 'done')`,
      },
      [id, acceptedAt],
    );
    await database.query(
      { text: `INSERT INTO delivery_notes (delivery_id, kind) VALUES ($1, 'postponed')` },
      [id],
    );
    return id;
  }

  it('exist for the present and the time after it, in weeks', async () => {
    expect(await make()).toEqual([]);
    const { rows } = await owner.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'deliveries'::regclass ORDER BY 1`,
    );
    expect(rows).toHaveLength(3);
    const place = (await placeOf(await delivery(new Date())))!;
    expect(rows.map(({ name }) => name).indexOf(place)).toBe(0);
    expect(rows.at(-1)!.name).toBe('partitions.deliveries_default');
  });

  it('take rows that came before they existed, once they are created', async () => {
    const twoWeeksAgo = daysAgo(14);
    const id = await delivery(twoWeeksAgo);
    expect(await placeOf(id)).toBe('partitions.deliveries_default');
    const made = await make(twoWeeksAgo);
    expect(made.filter((name) => name.startsWith('deliveries'))).toHaveLength(2);
    expect(await placeOf(id)).toMatch(/partitions\.deliveries_2\d{7}$/);
    expect(await rowsOf('attempts', 'delivery_id', id)).toBe(1);
    await drop(daysAgo(7));
  });

  it('are dropped when all in them is old: attempts and notes with their deliveries', async () => {
    await make(daysAgo(60));
    const old = await delivery(daysAgo(50));
    const young = await delivery(daysAgo(10));
    const dropped = await drop(daysAgo(30));
    expect(dropped.filter(({ name }) => name.startsWith('deliveries')).length).toBeGreaterThan(2);
    for (const [table, key] of [
      ['deliveries', 'id'],
      ['attempts', 'delivery_id'],
      ['delivery_notes', 'delivery_id'],
    ] as const) {
      expect(await rowsOf(table, key, old)).toBe(0);
      expect(await rowsOf(table, key, young)).toBe(1);
    }
    expect(await drop(daysAgo(30))).toEqual([]);
  });

  it.each([
    ['pending', { status: 'pending' }, null],
    ['finished late', { status: 'completed', finishedAt: daysAgo(2) }, null],
    ['dead and unresolved', { status: 'dead_letter' }, null],
    ['dead and resolved a while ago', { status: 'dead_letter' }, daysAgo(40)],
  ])('keep what is %s where it can be found, with its attempts', async (_, state, resolvedAt) => {
    await make(daysAgo(60));
    const id = await delivery(daysAgo(50), state);
    if (state.status === 'dead_letter') {
      await database.query(
        {
          text: `INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, delivery_id, endpoint_id,
                   category, reason, resolved_at) VALUES ($1, 'quiz', 'report', '', 1, $1, $1, 'RETRYABLE', 'exhausted', $2)`,
        },
        [id, resolvedAt],
      );
    }
    const dropped = await drop(daysAgo(30));
    expect(dropped.filter(({ kept }) => kept > 0).map(({ kept }) => kept)).toEqual([1, 1, 1]);
    expect(await placeOf(id)).toBe('partitions.deliveries_default');
    expect(await rowsOf('attempts', 'delivery_id', id)).toBe(1);
    expect(await rowsOf('delivery_notes', 'delivery_id', id)).toBe(1);
    // Found and changed as before.
    await database.query({ text: 'UPDATE deliveries SET redeliveries = 1 WHERE id = $1' }, [id]);
    expect(await placeOf(id)).toBe('partitions.deliveries_default');
  });

  it('block nobody: a process that cannot get a lock at once gives up, and nothing is half done', async () => {
    await make(daysAgo(60));
    const id = await delivery(daysAgo(50));
    const reader = new pg.Client({ connectionString: test.url });
    await reader.connect();
    await reader.query('BEGIN; LOCK TABLE deliveries IN ACCESS SHARE MODE');
    await expect(drop(daysAgo(30))).rejects.toThrow(/lock timeout/);
    await reader.query('COMMIT');
    await reader.end();
    expect(await placeOf(id)).toMatch(/\d{8}$/);
    expect((await drop(daysAgo(30))).length).toBeGreaterThan(0);
  });

  it('are not changed by an owner from whom row-level security hides rows', async () => {
    await owner.query('CREATE ROLE blind_owner_of_a_test');
    await owner.query('BEGIN; ALTER FUNCTION make_partitions(timestamptz) OWNER TO blind_owner_of_a_test');
    await owner.query('GRANT EXECUTE ON FUNCTION need_all_rows() TO blind_owner_of_a_test');
    await expect(owner.query('SELECT make_partitions()')).rejects.toThrow(
      /lacks the rights of breakwater_service/,
    );
    await owner.query('ROLLBACK');
    await owner.query('DROP ROLE blind_owner_of_a_test');
  });

  it('belong to the owner: processes write to them only through their parent, and read them for a backup', async () => {
    await expect(
      database.query({ text: 'SELECT 1 FROM partitions.deliveries_default' }),
    ).resolves.toBeInstanceOf(Array);
    for (const text of [
      'DELETE FROM partitions.deliveries_default',
      `UPDATE partitions.deliveries_default SET status = 'completed'`,
      'INSERT INTO partitions.delivery_notes_default DEFAULT VALUES',
      'CREATE TABLE partitions.mine (id int)',
      `SELECT drop_old_partitions('deliveries', now(), 'false')`,
      `SELECT partition_guard('deliveries_default')`,
      `UPDATE partition_plans SET days = 1`,
      `SELECT drop_partitions('deliveries', now())`,
    ]) {
      await expect(database.query({ text })).rejects.toThrow(/permission denied|together/);
    }
  });
});
