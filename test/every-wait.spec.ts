import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  Database,
  databaseTrouble,
  DatabaseTimeoutError,
  FreshCache,
  HintBus,
  inTime,
  MicroBatcher,
  mayRetryRows,
  openRedis,
  PrismaService,
  type OpenRedis,
} from '@breakwater/platform';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { endsBefore } from '@breakwater/testing/ends-before.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Link } from '@breakwater/testing/link.js';
import { openWakeUps, type OpenWakeUps } from '@breakwater/testing/wake-ups.js';
import { isTestFile } from '../scripts/test-files.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const sources = globSync(['apps/**/*.ts', 'libs/**/*.ts'], { cwd: root })
  .filter((path) => !isTestFile(path) && !/node_modules|generated/.test(path))
  .sort();

/** Code that opens a connection or waits, and the time limit that must stand in the same file. */
const KINDS: { what: RegExp; bound: RegExp }[] = [
  { what: /new (pg\.Client|DatabaseClient)\(/, bound: /connectionTimeoutMillis|ANSWERS_WITHIN_MS/ },
  { what: /new pg\.Pool\(/, bound: /connectionTimeoutMillis[^]*query_timeout/ },
  { what: /new BoundedPool\(/, bound: /BoundedPoolOptions/ },
  { what: /new Redis\(/, bound: /connectTimeout|WITHIN_MS/ },
  { what: /new Bounded(Redis|Cluster)\(|\bopenRedis\(/, bound: /timeoutMs|LIMIT_MS/ },
  { what: /app\.close\(\);/, bound: /within\(closing, limitMs\)/ },
  { what: /new StopSignal\(/, bound: /closeInTime\(app\)/ },
  { what: /new MicroBatcher\b/, bound: /mayRetryRows|queue/ },
  { what: /new FreshCache\b/, bound: /tooLate/ },
  { what: /new RateLimiter(Postgres|Redis)\(/, bound: /ANSWERS_WITHIN_MS/ },
];

/** A person waits for these, and may end them: they take as long as a migration or the start of a server. */
const WAITED_FOR_BY_A_PERSON = [
  'apps/standalone/src/embedded-postgres.ts',
  'libs/platform/src/migrations/migrate.io.ts',
  'libs/platform/src/migrations/runtime-login.io.ts',
];

describe('code that waits, in the source', () => {
  const found = sources.flatMap((path) => {
    const text = readFileSync(`${root}${path}`, 'utf8');
    return KINDS.filter(({ what }) => what.test(text)).map((kind) => ({ path, text, ...kind }));
  });

  it('is found', () => {
    expect(found.length).toBeGreaterThan(12);
  });

  it.each(found.filter(({ path }) => !WAITED_FOR_BY_A_PERSON.includes(path)))(
    '$path: $what has its limit',
    ({ text, bound }) => expect(text).toMatch(bound),
  );

  it.each(sources.filter((path) => path.endsWith('.store.ts')))(
    '%s opens no connection of its own',
    (path) => {
      expect(readFileSync(`${root}${path}`, 'utf8')).not.toMatch(/new pg\./);
    },
  );
});

describe('each wait for the database ends when its connection is silent', () => {
  const bounds = { connectMs: 500, statementMs: 500, upkeepMs: 700 };
  let test: TestDatabase;
  let link: Link;
  let database: Database;
  let prisma: PrismaService;
  beforeAll(async () => {
    test = await createTestDatabase();
    link = await Link.to(test.url);
    database = new Database({ url: link.url, poolMax: 4, bounds });
    prisma = new PrismaService(database);
    await prisma.app.count();
  });
  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await database.onApplicationShutdown();
    await link.cut();
    await test.drop();
  });

  const ONE = 'SELECT 1';
  const silent = async <T>(work: () => Promise<T>): Promise<T> => {
    link.freeze();
    return work();
  };
  const cache = () =>
    new FreshCache(() => database.query({ text: ONE }), {
      maxEntries: 1,
      loadsWithinMs: 100,
      tooLate: (limitMs) => new DatabaseTimeoutError('a load', limitMs),
    });
  const batcher = (withinMs?: number) =>
    new MicroBatcher<number, unknown>(
      (rows) => database.query({ text: 'SELECT generate_series(1, $1::int)' }, [rows.length]),
      { maxRows: 10, maxInFlight: 1, ...(withinMs === undefined ? {} : { withinMs }) },
      { mayRetryRows, tooLate: (limitMs) => new DatabaseTimeoutError('a batch', limitMs) },
    );

  it.each<[string, () => Promise<unknown>]>([
    ['a statement', () => silent(() => database.query({ text: ONE }))],
    [
      'a statement with a shorter limit',
      () => silent(() => database.query({ text: ONE }, [], { withinMs: 50 })),
    ],
    ['a statement on the pool itself', () => silent(() => database.pool.query(ONE))],
    ['a statement of an app', () => silent(() => database.queryAs('quiz', 'SELECT count(*) FROM apps', []))],
    ['upkeep', () => silent(() => database.upkeep(ONE))],
    ['the begin of a transaction', () => silent(() => database.transaction(async () => 'done'))],
    ['the commit of a transaction', () => database.transaction(async () => link.freeze())],
    ['the lock of work for one process', () => silent(() => database.withLock('a', async () => 'done'))],
    ['the unlocking of work for one process', () => database.withLock('b', async () => link.freeze())],
    ['Prisma', () => silent(() => prisma.app.count())],
    ['Prisma, raw', () => silent(() => prisma.$queryRawUnsafe(ONE))],
    ['the begin of Prisma’s transaction', () => silent(() => prisma.$transaction(async () => 'done'))],
    ['the commit of Prisma’s transaction', () => prisma.$transaction(async () => link.freeze())],
    ['Prisma for an app', () => silent(() => prisma.as('quiz', (db) => db.app.count()))],
    ['a hint', () => silent(() => new HintBus(database).publish('channel', 'payload'))],
    ['a cached value', () => silent(() => cache().get('a'))],
    ['a batch', () => silent(() => batcher().add(1))],
    ['a batch with a limit of its own', () => silent(() => batcher(50).add(1))],
    [
      'a wait of any kind',
      () => silent(() => inTime(database.query({ text: ONE }), 50, () => new DatabaseTimeoutError('x', 50))),
    ],
  ])('%s', async (_, wait) => {
    await database.query({ text: ONE });
    const error = await wait().then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(databaseTrouble(error), String(error)).toBe('too_slow');
    // It works again at once: a frozen connection is not used again.
    await eventually(() => database.query({ text: ONE }), { what: 'the next statement' });
  });

  it('a connection that the server accepts without an answer', async () => {
    const other = await Link.to(test.url);
    other.silence();
    const away = new Database({ url: other.url, poolMax: 1, bounds });
    const error = await away.query({ text: ONE }).catch((cause: unknown) => cause);
    expect(databaseTrouble(error), String(error)).toMatch(/unreachable|overloaded/);
    await away.onApplicationShutdown();
    await other.cut();
  });

  it('LISTEN', async () => {
    const other = await Link.to(test.url);
    const away = new Database({ url: other.url, poolMax: 1, bounds });
    const hints = new HintBus(away, { heartbeatMs: 200 });
    await hints.onModuleInit();
    await eventually(() => hints.connected);
    other.silence();
    const noticed = await eventually(() => !hints.connected, { what: 'the silent connection is noticed' });
    expect(noticed).toBe(true);
    await hints.onModuleDestroy();
    await away.onApplicationShutdown();
    await other.cut();
  });
});

describe.skipIf(!inject('redisUrl'))('each wait for Redis ends when its connection is silent', () => {
  let link: Link;
  let wakeUps: OpenWakeUps;
  let redis: OpenRedis;
  beforeAll(async () => {
    link = await Link.to(inject('redisUrl')!);
    const REDIS_URL = link.url;
    wakeUps = await openWakeUps({
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none',
      REDIS_URL,
      QUEUE_TIMEOUT: '500',
    });
    redis = openRedis({ kind: 'server', setting: 'REDIS_URL', url: link.url, tls: null }, 500);
    redis.on('error', () => undefined);
    await redis.ping();
    await wakeUps.queue.waitUntilReady();
    wakeUps.queue.consume(wakeUps.worker, async () => undefined, 1);
    link.silence();
  });
  afterAll(async () => {
    redis.disconnect();
    await link.cut();
  });

  const waits: [string, () => Promise<unknown>, unknown][] = [
    ['a command', () => redis.ping().catch(() => 'failed'), 'failed'],
    ['an addition', () => wakeUps.queue.add([{ deliveryId: 'a', delayMs: 60_000 }]), false],
    [
      'many additions',
      () =>
        wakeUps.queue.add([
          { deliveryId: 'b', delayMs: 60_000 },
          { deliveryId: 'c', delayMs: 60_000 },
        ]),
      false,
    ],
    ['the check whether it works', async () => (await wakeUps.queue.trouble()) !== null, true],
    ['the check of its policy', () => wakeUps.queue.evictionPolicy().catch(() => 'failed'), 'failed'],
    ['the counts', () => wakeUps.queue.counts().catch(() => 'failed'), 'failed'],
    ['the end of the worker', () => wakeUps.queue.stopConsuming(), undefined],
    ['the end of the queue', () => wakeUps.close(), undefined],
  ];
  it.each(waits)('%s', async (_, wait, expected) => {
    const waiting = wait();
    expect(await endsBefore(waiting, 10_000)).toBe(true);
    expect(await waiting).toEqual(expected);
  });
});
