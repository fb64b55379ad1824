import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { PrismaClient } from '../../libs/platform/src/prisma/generated/client.js';

const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

const hasPsql = works('psql', '--version');
/** A Python with the usual driver for PostgreSQL. */
const python = ['python3', '/usr/bin/python3'].find((each) => works(each, '-c', 'import psycopg2'));

/** A service in Python: a statement per line. The driver begins a transaction by itself. */
const IN_PYTHON = `
import sys, psycopg2
connection = psycopg2.connect(sys.argv[1])
cursor = connection.cursor()
for line in sys.stdin:
    statement = line.strip()
    if statement == 'commit' or statement == 'COMMIT':
        connection.commit()
    elif statement == 'rollback':
        connection.rollback()
    elif statement != 'BEGIN':
        cursor.execute(statement)
    print('answered', flush=True)
`;

/** Committed, and killed while the commit was under way: the service cannot know. */
type Ending = 'commit' | 'rollback' | 'kill' | 'kill in commit';

/** A service that stores an order and publishes an event about it, in one transaction. */
interface Service {
  /** Runs these statements in a transaction, then ends it. */
  run(statements: readonly string[], ending: Ending): Promise<void>;
  stop(): Promise<void>;
}

describe('a service that publishes in its own transaction', () => {
  const login = `orders_${randomBytes(6).toString('hex')}`;
  let world: EngineWorld;
  let appId: string;
  let url: string;
  beforeAll(async () => {
    world = await startWorld({ redisUrl: null });
    ({ appId } = await world.register(
      {},
      { one: { url: '/one', events: ['order.*'] }, two: { url: '/two', events: ['*.created'] } },
    ));
    // What docs/guides/events.md says: the login of a service has this role, and no other right here.
    await world.rows(`CREATE ROLE ${login} LOGIN PASSWORD 'orders' IN ROLE breakwater_publisher`);
    await world.rows(
      `CREATE SCHEMA ${login} AUTHORIZATION ${login} CREATE TABLE orders (id text PRIMARY KEY)`,
    );
    const own = new URL(world.databaseUrl);
    own.username = login;
    own.password = 'orders';
    url = own.href;
  });
  afterAll(async () => {
    await world?.rows(`DROP OWNED BY ${login} CASCADE`);
    await world?.rows(`DROP ROLE ${login}`);
    await world?.stop();
  });

  const publish = (order: string, isKept: boolean): string =>
    `SELECT breakwater.publish('order.created', '{ "of": "${order}", "kept": ${isKept} }', app_id => '${appId}')`;
  const statementsOf = (order: string): string[] => [
    `INSERT INTO ${login}.orders VALUES ('${order}')`,
    'SAVEPOINT one',
    publish(order, false),
    'ROLLBACK TO SAVEPOINT one',
    publish(order, true),
    'RELEASE SAVEPOINT one',
  ];

  /** Waits until PostgreSQL knows that the service is gone. */
  const isGone = async (): Promise<void> => {
    const sessions = 'SELECT 1 FROM pg_stat_activity WHERE usename = $1';
    await eventually(async () => (await world.rows(sessions, login)).length === 0, { what: 'session ended' });
  };
  const stored = async (order: string): Promise<{ orders: number; events: number }> => {
    const sql = `SELECT (SELECT count(*)::int FROM ${login}.orders WHERE id = $1) AS orders,
      (SELECT count(*)::int FROM events WHERE convert_from(body, 'UTF8')::jsonb ->> 'of' = $1) AS events`;
    return (await world.rows<{ orders: number; events: number }>(sql, order))[0]!;
  };

  /** A client as a driver of any language is: a killed process leaves a closed connection behind. */
  const plainSql = async (): Promise<Service> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    return {
      run: async (statements, ending) => {
        for (const statement of ['BEGIN', ...statements]) await client.query(statement);
        if (ending === 'commit' || ending === 'rollback') await client.query(ending);
        else if (ending === 'kill') stream.destroy();
        else {
          const committing = client.query('COMMIT').catch(() => undefined);
          await new Promise<void>((resolve) => stream.end(resolve));
          await committing;
        }
      },
      stop: async () => {
        if (!stream.destroyed) await client.end();
      },
    };
  };

  const prisma = async (): Promise<Service> => {
    const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 1 }) });
    return {
      run: async (statements, ending) => {
        const done = client.$transaction(async (tx) => {
          for (const statement of statements) await tx.$executeRawUnsafe(statement);
          if (ending === 'rollback') throw new Error('rolled back by the service');
          if (ending !== 'kill') return;
          await world.rows(
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1',
            login,
          );
          await isGone();
        });
        if (ending === 'commit') await done;
        else await expect(done).rejects.toBeInstanceOf(Error);
      },
      stop: () => client.$disconnect(),
    };
  };

  /** A program that reads a statement at a time, and writes `answered` after each. */
  const program =
    (command: string, args: readonly string[], write: (statement: string) => string) =>
    async (): Promise<Service> => {
      const client = spawn(command, args);
      const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
      return {
        run: async (statements, ending) => {
          for (const statement of ['BEGIN', ...statements]) await answered(client, write(statement));
          if (ending === 'commit' || ending === 'rollback') return answered(client, write(ending));
          if (ending === 'kill in commit') client.stdin.write(write('COMMIT'));
          client.kill('SIGKILL');
          await gone;
        },
        stop: async () => {
          client.stdin.end();
          await gone;
        },
      };
    };
  const psql = (): Promise<Service> =>
    program(
      'psql',
      [url, '--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1'],
      (statement) => `${statement};\n\\echo answered\n`,
    )();
  const inPython = (): Promise<Service> =>
    program(python ?? 'python3', ['-c', IN_PYTHON, url], (statement) => `${statement}\n`)();

  const services: [name: string, open: () => Promise<Service>, isThere: boolean][] = [
    ['plain SQL', plainSql, true],
    ['Prisma', prisma, true],
    ['psql', psql, hasPsql],
    ['Python', inPython, python !== undefined],
  ];

  it.for(services)(
    'publishes all or nothing when it is killed at any statement: %s',
    async (given, { skip }) => {
      const [name, open, isThere] = given;
      // CI has all of them, and fails without one.
      skip(!isThere && !process.env['CI'], `${name} is not installed`);
      const serve = async (order: string, count: number, ending: Ending): Promise<void> => {
        const service = await open();
        await service.run(statementsOf(order).slice(0, count), ending);
        await service.stop();
        await isGone();
      };
      const all = statementsOf('').length;
      for (let count = 0; count <= all; count++) {
        const order = `${name} killed after ${count}`;
        await serve(order, count, 'kill');
        expect({ order, ...(await stored(order)) }).toEqual({ order, orders: 0, events: 0 });
      }
      await serve(`${name} rolled back`, all, 'rollback');
      expect(await stored(`${name} rolled back`)).toEqual({ orders: 0, events: 0 });
      const unsure = `${name} killed in its commit`;
      if (name !== 'Prisma') await serve(unsure, all, 'kill in commit');
      const { orders, events } = await stored(unsure);
      expect(events).toBe(orders);
      await serve(`${name} committed`, all, 'commit');
      expect(await stored(`${name} committed`)).toEqual({ orders: 1, events: 1 });

      const kept = [...(events === 1 ? [unsure] : []), `${name} committed`];
      const bodies = kept.map((order) => `{ "of": "${order}", "kept": true }`).toSorted();
      const heard = (path: string): string[] =>
        world.receiver
          .callsTo(path)
          .map(({ body }) => body.toString())
          .filter((body) => body.includes(name))
          .toSorted();
      await eventually(() => ['/one', '/two'].every((path) => heard(path).length >= kept.length));
      for (const path of ['/one', '/two']) expect(heard(path)).toEqual(bodies);
    },
  );
});

/** Gives a program a statement, and waits until it has answered. */
async function answered(client: ChildProcessWithoutNullStreams, statement: string): Promise<void> {
  let output = '';
  const isOver = new Promise<void>((resolve, reject) => {
    const onData = (text: Buffer): void => {
      output += String(text);
      if (!output.includes('answered')) return;
      client.stdout.off('data', onData);
      resolve();
    };
    client.stdout.on('data', onData);
    client.once('error', reject);
    client.stderr.once('data', (text: Buffer) => reject(new Error(String(text))));
  });
  client.stdin.write(statement);
  await isOver;
}
