import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Link } from '@breakwater/testing/link.js';
import { Database } from './database.service.js';
import { PrismaService } from './prisma.service.js';
import { DatabaseTimeoutError } from './database-timeout.error.js';
import { databaseTrouble } from './database-trouble.js';

/** Short, so that tests need not wait, and long enough for a busy machine. */
const bounds = { connectMs: 2_000, statementMs: 1_500, upkeepMs: 60_000 };
const ONE = { text: 'SELECT 1 AS one' };
const SLEEP = { text: 'SELECT pg_sleep(60)' };

describe('a pool whose connections freeze', () => {
  let test: TestDatabase;
  let link: Link;
  let database: Database;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());
  beforeEach(async () => {
    link = await Link.to(test.url);
    database = new Database({ url: link.url, poolMax: 4, bounds });
  });
  afterEach(async () => {
    await database.onApplicationShutdown();
    await link.cut();
  });

  const pid = async (): Promise<number> =>
    (await database.query<{ pid: number }>({ text: 'SELECT pg_backend_pid() AS pid' }))[0]!.pid;
  /** Fills the pool with idle connections. @returns their sessions */
  const filled = async (): Promise<number[]> => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => database.pool.connect()));
    const pids = await Promise.all(
      clients.map(async (client) => (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid),
    );
    for (const client of clients) client.release();
    return pids as number[];
  };

  it('ends a statement at its limit, and does not hand out its frozen connection again', async () => {
    const frozen = await filled();
    link.freeze();
    await expect(database.query(ONE)).rejects.toThrow(DatabaseTimeoutError);
    const pids = await Promise.all(Array.from({ length: 4 }, () => pid()));
    for (const each of pids) expect(frozen).not.toContain(each);
    expect(database.pool.totalCount).toBeLessThanOrEqual(4);
  });

  it('closes idle connections as soon as one statement takes long, before its limit', async () => {
    const slow = new Database({ url: link.url, poolMax: 4, bounds: { ...bounds, statementMs: 60_000 } });
    const clients = await Promise.all(Array.from({ length: 4 }, () => slow.pool.connect()));
    for (const client of clients) client.release();
    link.freeze();
    const asked = slow.query(ONE).catch((error: Error) => error);
    await eventually(() => slow.pool.totalCount === 1);
    expect(await slow.query(ONE)).toEqual([{ one: 1 }]);
    await slow.onApplicationShutdown();
    await link.cut();
    expect(await asked).toBeInstanceOf(Error);
  });

  it('ends a transaction, and the next one succeeds', async () => {
    await filled();
    const asked = database.transaction(async (client) => {
      link.freeze();
      await client.query(ONE.text);
    });
    await expect(asked).rejects.toThrow(DatabaseTimeoutError);
    expect(await database.query(ONE)).toEqual([{ one: 1 }]);
  });

  it('ends work that only one process does at a time, and reports that its lock is lost', async () => {
    let told: unknown;
    const asked = database.withLock('a', async (client, lost) => {
      lost.addEventListener('abort', () => (told = lost.reason));
      link.freeze();
      await client.query(ONE.text);
    });
    await expect(asked).rejects.toThrow(DatabaseTimeoutError);
    expect(told).toBeInstanceOf(DatabaseTimeoutError);
    expect(await database.query(ONE)).toEqual([{ one: 1 }]);
  });

  it('ends queries of Prisma, in a transaction and without one', async () => {
    const prisma = new PrismaService(database);
    await prisma.app.count();
    await filled();
    link.freeze();
    const troubleOf = (asked: Promise<unknown>) => asked.then(() => null, databaseTrouble);
    expect(await troubleOf(prisma.app.count())).toBe('too_slow');
    expect(await prisma.app.count()).toBe(0);
    const asked = prisma.$transaction(async (tx) => {
      await tx.app.count();
      link.freeze();
      return tx.app.count();
    });
    expect(await troubleOf(asked)).toBe('too_slow');
    await Promise.all(Array.from({ length: 4 }, () => prisma.app.count()));
    await prisma.onApplicationShutdown();
  });

  it('gives callers that wait for a connection a new one instead', async () => {
    const patient = { ...bounds, connectMs: 20_000 };
    const one = new Database({ url: link.url, poolMax: 1, bounds: patient });
    await one.query(ONE);
    link.freeze();
    const asked = one.query(ONE).catch((error: Error) => error);
    const waiting = one.query(ONE);
    expect(await asked).toBeInstanceOf(DatabaseTimeoutError);
    expect(await waiting).toEqual([{ one: 1 }]);
    await one.onApplicationShutdown();
  });

  it('gives up a connection whose end nobody confirms', async () => {
    const client = await database.pool.connect();
    link.freeze();
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    client.release(new Error('no longer needed'));
    await ended;
    expect(await database.query(ONE)).toEqual([{ one: 1 }]);
  });

  it('ends a wait for a connection when the server does not answer', async () => {
    link.silence();
    await expect(database.query(ONE)).rejects.toThrow(/timeout/);
    link.thaw();
    expect(await database.query(ONE)).toEqual([{ one: 1 }]);
  });

  it('waits for no statement longer than its caller does, including the wait for a connection', async () => {
    await filled();
    link.freeze();
    await expect(database.query(ONE, [], { withinMs: 50 })).rejects.toThrow(/within (49|50) ms/);
    expect(await database.query(ONE)).toEqual([{ one: 1 }]);
    await expect(database.query(ONE, [], { withinMs: 0 })).rejects.toThrow(DatabaseTimeoutError);
    expect(await database.query(ONE)).toEqual([{ one: 1 }]);
  });
});

describe('a server that answers', () => {
  let test: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Database({ url: test.url, poolMax: 2, bounds });
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await test.drop();
  });

  it('ends an ordinary statement itself', async () => {
    await expect(database.query(SLEEP)).rejects.toMatchObject({ code: '57014' });
  });

  it('gives upkeep more time, and only upkeep', async () => {
    const short = new Database({ url: test.url, poolMax: 1, bounds: { ...bounds, statementMs: 100 } });
    await short.upkeep('SELECT pg_sleep(1)');
    await short.transaction((client) => client.query('SELECT pg_sleep(1)'), { statementMs: 60_000 });
    await short.withLock('a', (client) => client.query('SELECT pg_sleep(1)'), { statementMs: 60_000 });
    await expect(short.query(SLEEP)).rejects.toMatchObject({ code: '57014' });
    await expect(short.upkeep('SELECT 1 / 0')).rejects.toThrow('division by zero');
    await short.onApplicationShutdown();
  });

  it('shows keepalive of its own on idle and busy sessions', async () => {
    const [row] = await database.query({
      text: `SELECT current_setting('tcp_keepalives_idle') AS idle, current_setting('statement_timeout') AS statement`,
    });
    expect(row).toEqual({ idle: '10', statement: '1500ms' });
  });

  it('keeps prepared statements on a connection in use', async () => {
    const one = new Database({ url: test.url, poolMax: 1, bounds });
    const named = { name: 'named', text: 'SELECT $1::int AS n' };
    expect(await one.query(named, [1])).toEqual([{ n: 1 }]);
    expect(await one.query(named, [2])).toEqual([{ n: 2 }]);
    expect(
      await one.query({ text: `SELECT count(*) FROM pg_prepared_statements WHERE name = 'named'` }),
    ).toEqual([{ count: 1 }]);
    await one.onApplicationShutdown();
  });
});

describe('a server that takes no writes', () => {
  const WRITE = `INSERT INTO periodic_runs (name, due_at) VALUES ('a', now()) ON CONFLICT (name) DO UPDATE SET due_at = now()`;
  let test: TestDatabase;
  let database: Database;
  let prisma: PrismaService;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());
  beforeEach(async () => {
    database = new Database({ url: test.url, poolMax: 1, bounds });
    prisma = new PrismaService(database);
    await readOnly(true);
  });
  afterEach(async () => {
    await readOnly(false);
    await prisma.onApplicationShutdown();
    await database.onApplicationShutdown();
  });

  /** Makes later sessions read-only, as on a standby, or writable again. */
  async function readOnly(isOn: boolean): Promise<void> {
    const owner = new pg.Client({ connectionString: `${inject('postgresUrl')}/postgres` });
    await owner.connect();
    const name = new URL(test.url).pathname.slice(1);
    await owner.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${isOn}`);
    await owner.end();
  }

  it.each<[string, () => Promise<unknown>]>([
    ['a statement', () => database.query({ text: WRITE })],
    ['a transaction', () => database.transaction((client) => client.query(WRITE))],
    ['Prisma', () => prisma.$executeRawUnsafe(WRITE)],
    ['a transaction of Prisma', () => prisma.$transaction((tx) => tx.$executeRawUnsafe(WRITE))],
    [
      'a borrower that returns the connection without an error',
      async () => {
        const client = await database.pool.connect();
        await client.query(WRITE).finally(() => client.release());
      },
    ],
  ])('is dropped with the connection of %s', async (_, write) => {
    const error = await write().catch((cause: unknown) => cause);
    expect(databaseTrouble(error)).toBe('read_only');
    await readOnly(false);
    await write();
  });

  it('is dropped with the idle connections, which lead there too', async () => {
    const several = new Database({ url: test.url, poolMax: 3, bounds });
    const clients = await Promise.all([1, 2, 3].map(() => several.pool.connect()));
    for (const client of clients) client.release();
    await expect(several.query({ text: WRITE })).rejects.toMatchObject({ code: '25006' });
    await eventually(() => several.pool.totalCount === 0, { what: 'the end of all connections' });
    expect(several.pool.totalCount).toBe(0);
    await several.onApplicationShutdown();
  });
});
