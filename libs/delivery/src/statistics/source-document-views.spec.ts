import { Logger } from '@nestjs/common';
import { Database, newId } from '@breakwater/platform';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { fullScans, planOf } from '@breakwater/testing/plan-of.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ENDPOINTS = { quiz: newId(), other: newId() };

/** The status in the log for each of our statuses. */
const STATUSES = [
  ['pending', 'pending'],
  ['claimed', 'processing'],
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['fallback', 'failed'],
  ['cancelled', 'failed'],
  ['dead_letter', 'dead_letter'],
] as const;

describe('the views with the names of the source documents', () => {
  let test: TestDatabase;
  let database: Database;

  /** Stores `count` deliveries of an app in each status. */
  async function fill(app: keyof typeof ENDPOINTS, count: number): Promise<void> {
    for (const [status] of STATUSES) {
      await database.pool.query(
        `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
           status, next_attempt_at, finished_at, claim_token, claimed_at, claimed_until, attempts, max_attempts,
           last_attempt_at, last_error)
         SELECT overlay(uuid_floor(now())::text PLACING right(gen_random_uuid()::text, 22) FROM 15)::uuid, $1, $2, 'report',
           'invocation', 'async', 'r', '{"n":1}', 'application/json', 1000, $3::text, CASE WHEN $3 = 'pending' THEN now() END,
           CASE WHEN $3 <> 'pending' THEN now() END, CASE WHEN $4 THEN gen_random_uuid() END, CASE WHEN $4 THEN now() END,
           CASE WHEN $4 THEN now() END, 1, 3, now(), CASE WHEN $3 = 'dead_letter' THEN 'http 500' END
         FROM generate_series(1, $5::integer)`,
        [app, ENDPOINTS[app], status === 'claimed' ? 'pending' : status, status === 'claimed', count],
      );
    }
  }

  beforeAll(async () => {
    Logger.overrideLogger(false);
    test = await createTestDatabase();
    database = new Database({ url: test.url, poolMax: 2 });
    for (const [app, id] of Object.entries(ENDPOINTS)) {
      await database.pool.query(
        `INSERT INTO apps (id, name, owner_email, base_url, manifest_version) VALUES ($1, $1, 'o@example.com', 'http://x', 1)`,
        [app],
      );
      await database.pool.query(
        `INSERT INTO endpoints (id, app_id, kind, capability, url, async) VALUES ($2, $1, 'capability', 'report', 'http://x', true)`,
        [app, id],
      );
    }
    await fill('quiz', 2);
    await fill('other', 2_000);
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await test.drop();
  });

  it('log each delivery once, in one of five statuses', async () => {
    const { rows } = await database.pool.query(
      `SELECT status, count(*) FROM webhook_delivery_log WHERE org_id = 'quiz' GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { status: 'completed', count: 2 },
      { status: 'dead_letter', count: 2 },
      { status: 'failed', count: 6 },
      { status: 'pending', count: 2 },
      { status: 'processing', count: 2 },
    ]);
  });

  it('log a delivery with the fields that the documents ask for', async () => {
    const { rows } = await database.pool.query<Record<string, unknown>>(
      `SELECT * FROM webhook_delivery_log WHERE org_id = 'quiz' AND status = 'dead_letter' LIMIT 1`,
    );
    expect(rows).toEqual([
      {
        id: expect.any(String),
        org_id: 'quiz',
        job_id: rows[0]!['id'],
        event_type: 'report',
        event_data: { n: 1 },
        status: 'dead_letter',
        attempts: 1,
        max_attempts: 3,
        created_at: expect.any(Date),
        last_attempt_at: expect.any(Date),
        completed_at: expect.any(Date),
        error_message: 'http 500',
      },
    ]);
  });

  it.each(
    ['breakwater_service', 'breakwater_tenant'].flatMap((role) =>
      [...new Set(STATUSES.map(([, status]) => status))].map((status) => [status, role] as const),
    ),
  )('find an app’s %s ones by index, as %s', async (status, role) => {
    const sql = `SELECT id, attempts FROM webhook_delivery_log WHERE org_id = 'quiz' AND status = '${status}'`;
    const plan = await planOf(test.url, { sql, role, tenant: 'quiz' });
    expect(fullScans(plan)).toEqual([]);
    expect(plan).toMatch(/Index|Bitmap/);
  });

  it('show each attempt with its answer as text, whatever bytes it has', async () => {
    const id = newId();
    await database.pool.query(
      `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next,
         http_status, error, response_body)
       SELECT $1, n, 'quiz', $2, 'report', now(), CASE WHEN n < 3 THEN n END, (ARRAY['http_error', 'delivered', 'unknown'])[n],
         (ARRAY['retry', 'done', 'again'])[n], (ARRAY[500, 200])[n], (ARRAY['http 500'])[n],
         (ARRAY['\\x6f68'::bytea, '\\x00ff'::bytea])[n] FROM generate_series(1, 3) AS n`,
      [id, ENDPOINTS.quiz],
    );
    const { rows } = await database.pool.query(
      `SELECT endpoint_id, attempt_number, http_status_code, response_body, error_message, duration_ms, success, should_retry
       FROM delivery_attempts WHERE delivery_id = $1 ORDER BY attempt_number`,
      [id],
    );
    const common = { endpoint_id: ENDPOINTS.quiz };
    expect(rows).toEqual([
      {
        ...common,
        attempt_number: 1,
        http_status_code: 500,
        response_body: 'oh',
        error_message: 'http 500',
        duration_ms: 1,
        success: false,
        should_retry: true,
      },
      {
        ...common,
        attempt_number: 2,
        http_status_code: 200,
        response_body: '\\000\\377',
        error_message: null,
        duration_ms: 2,
        success: true,
        should_retry: false,
      },
      {
        ...common,
        attempt_number: 3,
        http_status_code: null,
        response_body: null,
        error_message: null,
        duration_ms: null,
        success: false,
        should_retry: true,
      },
    ]);
  });

  it('are cleaned by cleanup_old_webhook_logs(), which returns how many deliveries were removed', async () => {
    await database.pool.query(`SELECT make_partitions(now() - interval '60 days')`);
    await database.pool.query(
      `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
         status, created_at, finished_at)
       SELECT overlay(uuid_floor(now() - interval '50 days')::text PLACING right(gen_random_uuid()::text, 22) FROM 15)::uuid,
         'quiz', $1, 'report', 'invocation', 'sync', 'r', '1', 'application/json', 1000, 'completed',
         now() - interval '50 days', now() - interval '50 days' FROM generate_series(1, 5)`,
      [ENDPOINTS.quiz],
    );
    await test.run('ANALYZE deliveries');
    const { rows } = await database.pool.query('SELECT cleanup_old_webhook_logs() AS dropped');
    expect(rows).toEqual([{ dropped: 5 }]);
    const left = await database.pool.query(
      `SELECT count(*) FROM deliveries WHERE created_at < now() - interval '30 days'`,
    );
    expect(left.rows).toEqual([{ count: 0 }]);
    await expect(database.pool.query('SELECT cleanup_old_webhook_logs(0)')).rejects.toThrow(
      'older_than_days must be 1 or more, not 0',
    );
  });
});
