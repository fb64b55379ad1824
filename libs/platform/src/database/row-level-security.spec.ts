import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { newId } from '../ids/ids.io.js';
import { ensureRuntimeLogin } from '../migrations/runtime-login.io.js';
import { Database } from './database.service.js';
import { PrismaService } from './prisma.service.js';

/** Tables without rows of an app. */
const NOBODYS = [
  '_prisma_migrations',
  'api_rate_limits',
  'encryption_key_checks',
  'partition_plans',
  'periodic_runs',
];
const TENANTS_TABLES = [
  'apps',
  'attempts',
  'bulk_items',
  'bulk_operations',
  'captures',
  'circuit_breaker_state',
  'circuit_breaker_transitions',
  'deliveries',
  'delivery_notes',
  'endpoints',
  'events',
  'idempotency_keys',
  'metric_hours',
  'metric_minutes',
  'metric_rollup_state',
  'sources',
  'subscription_versions',
  'subscriptions',
  'webhook_dead_letter_queue',
];
/** Each shows a tenant the same rows as the tables. */
const VIEWS = ['webhook_metrics', 'webhook_dead_letters', 'webhook_delivery_log', 'delivery_attempts'];

describe('row-level security', () => {
  let test: TestDatabase;
  let owner: pg.Client;
  let database: Database;
  let prisma: PrismaService;
  let runtimeUrl: string;
  const ids: Record<string, string> = { a: newId(), b: newId() };

  beforeAll(async () => {
    test = await createTestDatabase();
    const login = new URL(test.url);
    login.username = 'runtime_of_a_test';
    login.password = 'p%20w';
    runtimeUrl = login.href;
    await ensureRuntimeLogin(test.url, runtimeUrl);
    owner = new pg.Client({ connectionString: test.url });
    await owner.connect();
    database = new Database({ url: runtimeUrl, poolMax: 2 });
    prisma = new PrismaService(database);
    for (const [app, id] of Object.entries(ids)) await fill(owner, app, id);
  });

  afterAll(async () => {
    await prisma?.onApplicationShutdown();
    await database?.onApplicationShutdown();
    await owner?.end();
    await test?.drop();
  });

  /** What the tenant role reads of a table: rows, or that it is not allowed to. */
  async function visible(client: pg.ClientBase, table: string): Promise<number | 'denied'> {
    await client.query('SAVEPOINT look');
    try {
      return (await client.query(`SELECT count(*) FROM ${table}`)).rows[0].count as number;
    } catch (error) {
      await client.query('ROLLBACK TO SAVEPOINT look');
      if ((error as { code?: string }).code === '42501') return 'denied';
      throw error;
    }
  }

  async function asTenant<T>(tenant: string | null, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await database.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SET LOCAL ROLE breakwater_tenant');
      if (tenant !== null) await client.query(`SELECT set_config('app.tenant', $1, true)`, [tenant]);
      return await work(client);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  it('is on, and forced on owners, for every table with rows of an app', async () => {
    const { rows } = await owner.query<{ name: string; on: boolean; owner: string }>(
      `SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS on, pg_get_userbyid(relowner) AS owner
       FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname`,
    );
    expect(rows.filter(({ on }) => !on).map(({ name }) => name)).toEqual(
      NOBODYS.filter((name) => rows.some((row) => row.name === name)),
    );
    expect(rows.length).toBeGreaterThan(15);
  });

  it('applies to processes, whose login owns nothing and is no superuser', async () => {
    const [row] = await database.query<Record<string, unknown>>({
      text: `SELECT current_user, session_user, r.rolsuper OR r.rolbypassrls AS exempt,
        EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner IN (r.oid, current_user::regrole)) AS owns
        FROM pg_roles r WHERE r.rolname = session_user`,
    });
    expect(row).toEqual({
      current_user: 'breakwater_service',
      session_user: 'runtime_of_a_test',
      exempt: false,
      owns: false,
    });
    await expect(database.query({ text: 'DROP TABLE attempts' })).rejects.toThrow(/must be owner/);
    await expect(database.query({ text: 'ALTER TABLE attempts DISABLE ROW LEVEL SECURITY' })).rejects.toThrow(
      /must be owner/,
    );
  });

  it('shows nothing to an owner that is no superuser', async () => {
    await owner.query('CREATE ROLE owner_of_a_test');
    await owner.query('BEGIN');
    await owner.query('ALTER TABLE deliveries OWNER TO owner_of_a_test');
    await owner.query('SET LOCAL ROLE owner_of_a_test');
    const { rows } = await owner.query('SELECT count(*) FROM deliveries');
    await owner.query('ROLLBACK');
    await owner.query('DROP ROLE owner_of_a_test');
    expect(rows).toEqual([{ count: 0 }]);
  });

  it('shows no row of any table while no tenant is set, or an empty one', async () => {
    const tables = (
      await owner.query<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
      )
    ).rows.map(({ name }) => name);
    for (const tenant of [null, '']) {
      await asTenant(tenant, async (client) => {
        for (const view of VIEWS)
          expect({ view, seen: await visible(client, view) }).toEqual({ view, seen: 0 });
        for (const table of tables) {
          const expected = TENANTS_TABLES.includes(table) ? 0 : 'denied';
          expect({ table, seen: await visible(client, table) }).toEqual({ table, seen: expected });
        }
      });
    }
  });

  it.each(['a', 'b'])('shows app %s its own row of each table, and no other', async (app) => {
    await asTenant(app, async (client) => {
      for (const table of [...TENANTS_TABLES, ...VIEWS]) {
        expect({ table, seen: await visible(client, table) }).toEqual({ table, seen: 1 });
      }
      expect((await client.query('SELECT id FROM deliveries')).rows).toEqual([{ id: ids[app] }]);
    });
  });

  it('shows which capabilities an app has, and nothing else of its endpoints', async () => {
    await asTenant('a', async (client) => {
      expect((await client.query('SELECT capability FROM endpoints')).rows).toEqual([
        { capability: 'report' },
      ]);
      await expect(client.query('SELECT headers_sealed FROM endpoints')).rejects.toThrow(/permission denied/);
    });
  });

  it('lets no role write to a view', async () => {
    for (const view of VIEWS) {
      await expect(database.query({ text: `DELETE FROM ${view}` })).rejects.toThrow(
        /permission denied|cannot delete/,
      );
    }
  });

  it('changes nothing of another app, and adds nothing to it', async () => {
    await asTenant('a', async (client) => {
      expect((await client.query(`UPDATE deliveries SET wait_reason = 'x'`)).rowCount).toBe(1);
      expect((await client.query('UPDATE webhook_dead_letter_queue SET requeued_at = now()')).rowCount).toBe(
        1,
      );
      const note = `INSERT INTO delivery_notes (delivery_id, kind) VALUES ('${ids['b']}', 'cancelled')`;
      await expect(client.query(note)).rejects.toThrow(/row-level security/);
    });
  });

  it('works without any filter in the query, with both ways to query', async () => {
    expect(await prisma.as('a', (db) => db.delivery.findMany({ select: { appId: true } }))).toEqual([
      { appId: 'a' },
    ]);
    expect(await database.queryAs('b', 'SELECT app_id FROM deliveries', [])).toEqual([{ app_id: 'b' }]);
    expect(await database.queryAs(null, 'SELECT count(*) FROM deliveries', [])).toEqual([{ count: 2 }]);
  });

  it('leaks nothing over 500 interleaved requests of two apps on a pool of two', async () => {
    const wrong: unknown[] = [];
    const ask = async (n: number): Promise<void> => {
      const app = n % 2 === 0 ? 'a' : 'b';
      const seen =
        n % 4 < 2
          ? await prisma.as(app, (db) => db.delivery.findMany({ select: { appId: true } }))
          : await database.queryAs(app, 'SELECT app_id AS "appId" FROM deliveries', []);
      if (seen.length !== 1 || seen[0]!['appId'] !== app) wrong.push({ app, seen });
    };
    // Twenty at once: a request that waits 3 s for a connection fails.
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < 500) await ask(next++);
    };
    await Promise.all(Array.from({ length: 20 }, lane));
    expect(wrong).toEqual([]);
    // The next user of these connections has the role of the engine again.
    for (let n = 0; n < 4; n++) {
      expect(
        await database.query({ text: 'SELECT count(*), current_user FROM deliveries GROUP BY 2' }),
      ).toEqual([{ count: 2, current_user: 'breakwater_service' }]);
    }
  });

  it('resets the role of a connection after a statement of a tenant that fails', async () => {
    for (let n = 0; n < 4; n++) {
      await expect(database.queryAs('a', 'SELECT 1 / 0', [])).rejects.toThrow('division by zero');
      await expect(prisma.as('a', (db) => db.apiKey.findMany())).rejects.toThrow(/permission denied/);
    }
    const seen = await Promise.all(
      Array.from({ length: 4 }, () =>
        database.query({ text: 'SELECT current_user, current_tenant() AS tenant' }),
      ),
    );
    expect(seen.flat()).toEqual(
      Array.from({ length: 4 }, () => ({ current_user: 'breakwater_service', tenant: null })),
    );
  });
});

/** One row of an app in each table that its people may read. */
async function fill(owner: pg.Client, app: string, id: string): Promise<void> {
  await owner.query(
    `INSERT INTO apps (id, name, owner_email, base_url, manifest_version)
     VALUES ('${app}', 'Quiz', 'o@example.com', 'https://example.com', 1)`,
  );
  await owner.query(
    `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
       status, next_attempt_at)
     VALUES ('${id}', '${app}', '${id}', 'report', 'invocation', 'async', 'r', '{}', 'application/json', 1000,
       'pending', now())`,
  );
  await owner.query(
    `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next)
     VALUES ('${id}', 1, '${app}', '${id}', 'report', now(), 1, 'timeout', 'retry')`,
  );
  await owner.query(
    `INSERT INTO idempotency_keys (app_id, key, digest, delivery_id, expires_at)
     VALUES ('${app}', 'k', '', '${id}', now() + interval '1 day')`,
  );
  await owner.query(`INSERT INTO delivery_notes (delivery_id, kind) VALUES ('${id}', 'postponed')`);
  for (const table of ['metric_minutes', 'metric_hours']) {
    await owner.query(
      `INSERT INTO ${table} (app_id, capability, at, calls, successes, timeouts, ended, ended_attempts)
       VALUES ('${app}', 'report', now(), 1, 0, 1, 0, 0)`,
    );
  }
  await owner.query(
    `INSERT INTO endpoints (id, app_id, kind, capability, url, async)
     VALUES ('${id}', '${app}', 'capability', 'report', 'https://example.com/r', true)`,
  );
  // The triggers of subscriptions write its version.
  await owner.query(
    `INSERT INTO subscriptions (endpoint_id, app_id, name, events, managed_by)
     SELECT id, app_id, 'ledger', '{order.created}', 'rest' FROM endpoints WHERE app_id = '${app}'`,
  );
  await owner.query(
    `INSERT INTO events (id, app_id, type, body, content_type, request_id, fan_out_at)
     VALUES ('${id}', '${app}', 'order.created', '{}', 'application/json', 'r', now())`,
  );
  await owner.query(
    `INSERT INTO bulk_operations (id, app_id, kind, filter, per_second, created_by)
     VALUES ('${id}', '${app}', 'cancel', '{}', 1, 'me')`,
  );
  await owner.query(
    `INSERT INTO bulk_items (operation_id, number, app_id, endpoint_id, subject_id)
     VALUES ('${id}', 1, '${app}', '${id}', '${id}')`,
  );
  await owner.query(
    `INSERT INTO sources (id, app_id, name, verification) VALUES ('${id}', '${app}', 'github', '{}')`,
  );
  await owner.query(
    `INSERT INTO captures (id, source_id, app_id, method, path, query, request_id, result, body_bytes, headers, body)
     VALUES ('${id}', '${id}', '${app}', 'POST', '', '', 'r', 'rejected', 0, '[]', '')`,
  );
  await owner.query(`INSERT INTO circuit_breaker_state (app_id, capability) VALUES ('${app}', 'report')`);
  await owner.query(
    `INSERT INTO circuit_breaker_transitions (app_id, capability, generation, from_state, to_state, cause)
     VALUES ('${app}', 'report', 1, 'closed', 'closed', 'reset')`,
  );
  await owner.query(
    `INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, delivery_id, endpoint_id, category,
       reason)
     VALUES ('${id}', '${app}', 'report', '{}', 1, '${id}', '${id}', 'RETRYABLE', 'exhausted')`,
  );
}
