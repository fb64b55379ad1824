import { Database, PrismaService } from '@breakwater/platform';
import { createTestDatabase, ownerPool, type TestDatabase } from '@breakwater/testing/database.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryStore } from './delivery.store.js';

describe('a list of deliveries', () => {
  let test: TestDatabase;
  let database: Database;
  let prisma: PrismaService;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Database({ url: test.url, poolMax: 2 });
    prisma = new PrismaService(database);
    const owner = ownerPool(test.url, 1);
    await owner.query(`SELECT set_config('role', 'breakwater_service', false)`);
    await owner.query(
      `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type,
         timeout_ms, status, created_at, finished_at, attempts, attempts_counted, claims, last_error_class, max_attempts)
       SELECT overlay(uuid_floor(now())::text PLACING right(md5(n::text)::uuid::text, 22) FROM 15)::uuid, 'a',
         gen_random_uuid(), 'c', 'invocation', 'async', 'r', '', 'text/plain', 1000,
         CASE WHEN n % 2 = 0 THEN 'dead_letter' ELSE 'completed' END, now(), now(), 1, 1, 1,
         CASE WHEN n % 2 = 0 THEN 'network' END, 1
       FROM generate_series(1, 20000) AS n`,
    );
    await owner.query('RESET role');
    await owner.query('ANALYZE deliveries');
    await owner.end();
  });
  afterAll(async () => {
    await prisma.$disconnect();
    await database.onApplicationShutdown();
    await test.drop();
  });

  /** Rows of deliveries that this session has read so far. */
  const reads = async (): Promise<number> => {
    const [row] = await database.query<{ rows: number }>({
      text: `SELECT sum(pg_stat_get_xact_tuples_returned(oid) + pg_stat_get_xact_tuples_fetched(oid)
               + pg_stat_get_tuples_returned(oid) + pg_stat_get_tuples_fetched(oid))::bigint AS rows
             FROM pg_class WHERE relname LIKE 'deliveries%'`,
    });
    return row!.rows;
  };

  const planOf = (condition: string, value: string): Promise<string> =>
    prisma.listAs(null, async (db) => {
      const text = `EXPLAIN SELECT * FROM deliveries WHERE ${condition} = $1 ORDER BY id DESC LIMIT 51`;
      return JSON.stringify(await db.$queryRawUnsafe(text, value));
    });

  it.each([
    ['an error class that none has', 'last_error_class', 'tls', 'last_error_class_id_idx'],
    ['a status that none has', 'status', 'failed', 'status_id_idx'],
  ])('of %s is read from the index of what few have', async (_, column, value, index) => {
    expect(await planOf(column, value)).toContain(index);
  });

  it('of events, or of a capability that none has, reads no delivery of another kind', async () => {
    const store = new DeliveryStore(prisma);
    const before = await reads();
    expect(await store.list({ appId: null, kind: 'event', limit: 5 })).toEqual([]);
    expect(await store.list({ appId: null, capability: 'nothing', limit: 5 })).toEqual([]);
    expect((await reads()) - before).toBeLessThan(1_000);
  });

  it('plans by value only until its transaction ends, for apps, too', async () => {
    const mode = async (): Promise<unknown> =>
      (await database.query<{ plan_cache_mode: string }>({ text: 'SHOW plan_cache_mode' }))[0];
    for (const app of [null, 'a'])
      expect(await prisma.listAs(app, (db) => db.$queryRawUnsafe('SHOW plan_cache_mode'))).toEqual([
        { plan_cache_mode: 'force_custom_plan' },
      ]);
    for (const app of [null, 'a'])
      expect(await database.listAs(app, 'SHOW plan_cache_mode', [])).toEqual([
        { plan_cache_mode: 'force_custom_plan' },
      ]);
    expect(await mode()).toEqual({ plan_cache_mode: 'force_generic_plan' });
    const store = new DeliveryStore(prisma);
    expect(await store.list({ appId: null, errorClass: 'tls', limit: 5 })).toEqual([]);
    expect(await store.list({ appId: 'a', errorClass: 'network', limit: 5 })).toHaveLength(5);
  });
});
