import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '@breakwater/testing/database.js';
import { Database } from './database.service.js';
import { PrismaService } from './prisma.service.js';

const SETTINGS = `SELECT current_user AS role, current_setting('search_path') AS path, current_setting('timezone') AS zone,
  current_setting('plan_cache_mode') AS plans, current_setting('statement_timeout') AS timeout`;
const OURS = {
  role: 'breakwater_service',
  path: 'public',
  zone: 'UTC',
  plans: 'force_generic_plan',
  timeout: '10s',
};

/** PostgreSQL itself, as if it lent its sessions: nothing may be left in them. */
describe('a database whose pooler lends sessions for one transaction', () => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  let database: Database;
  let prisma: PrismaService;

  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Database({ url: test.url, sessionUrl: test.url, poolMax: 1 });
    prisma = new PrismaService(database);
  });
  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await database.onApplicationShutdown();
    await test.drop();
  });

  it('runs each statement with the settings, with values and without, by hand and by Prisma', async () => {
    expect(await database.query({ text: SETTINGS })).toEqual([OURS]);
    expect(await database.query({ text: `${SETTINGS}, $1::int AS one` }, [1])).toEqual([{ ...OURS, one: 1 }]);
    expect(await prisma.$queryRawUnsafe(SETTINGS)).toEqual([OURS]);
    expect(await prisma.$transaction((tx) => tx.$queryRawUnsafe(SETTINGS))).toEqual([OURS]);
    expect(await prisma.$executeRaw`UPDATE apps SET name = name WHERE false`).toBe(0);
  });

  it('runs each statement of a transaction with them, and with what the transaction sets', async () => {
    const upkeep = await database.upkeep<Record<string, string>>(SETTINGS);
    expect(upkeep).toEqual([{ ...OURS, timeout: '10min' }]);
    expect(await database.queryAs('quiz', SETTINGS, [])).toEqual([{ ...OURS, role: 'breakwater_tenant' }]);
    const byPrisma = await prisma.as('quiz', async (tx) => [
      await tx.$queryRawUnsafe(SETTINGS),
      await tx.$queryRawUnsafe(SETTINGS),
    ]);
    expect(byPrisma).toEqual(Array(2).fill([{ ...OURS, role: 'breakwater_tenant' }]));
  });

  it('leaves neither settings nor prepared statements in the session, also after a failure', async () => {
    await expect(database.query({ text: 'SELECT 1 / $1::int' }, [0])).rejects.toThrow('division by zero');
    await expect(database.query({ text: 'SELEC' })).rejects.toThrow('syntax error');
    await database.query({ name: 'named', text: 'SELECT $1::int' }, [1]);
    const client = await database.pool.connect();
    // pg's own method, past the settings that are sent ahead.
    const sql = `SELECT current_user AS role, (SELECT count(*)::int FROM pg_prepared_statements) AS prepared`;
    const asked = pg.Client.prototype.query.apply(client, [sql] as never) as unknown;
    const { rows } = await (asked as Promise<pg.QueryResult>);
    const [left] = rows;
    client.release();
    expect(left).toEqual({ role: 'breakwater', prepared: 0 });
  });

  it('needs one exchange for a statement: its settings and the statement are one transaction', async () => {
    const client = await database.pool.connect();
    let exchanges = 0;
    const { connection } = client as unknown as {
      connection: { on(event: 'readyForQuery', listener: () => void): void };
    };
    connection.on('readyForQuery', () => exchanges++);
    await client.query('SELECT 1');
    await client.query('SELECT $1::int', [1]);
    client.release();
    expect(exchanges).toBe(2);
  });

  it('locks in sessions of its own', async () => {
    const inside = await database.withLock('a', () => database.withLock('a', async () => 'done'));
    expect(inside).toBeNull();
    const held = await database.withLock('b', () =>
      database.query({
        text: `SELECT count(*)::int AS held FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()`,
      }),
    );
    expect(held).toEqual([{ held: 0 }]);
  });
});
