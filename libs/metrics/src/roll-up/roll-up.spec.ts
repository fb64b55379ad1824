import { PeriodicRuns } from '@breakwater/platform';
import { eventually } from '@breakwater/testing/eventually.js';
import { fullScans, planOf } from '@breakwater/testing/plan-of.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { METRIC_WINDOWS, windowAt, type MetricWindow } from '../webhook-metrics/metric-window.js';
import { MetricsStore } from '../webhook-metrics/metrics.store.js';
import type { MetricsReport } from '../webhook-metrics/metrics-report.js';
import { RollUp } from './roll-up.service.js';
import { RollUpStore } from './roll-up.store.js';
import { WebhookMetrics } from '../webhook-metrics/webhook-metrics.service.js';

const WINDOWS = Object.keys(METRIC_WINDOWS) as MetricWindow[];

describe('metrics', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  beforeEach(async () => {
    for (const table of ['attempts', 'metric_minutes', 'metric_hours', 'periodic_runs']) {
      await world.database.pool.query(`DELETE FROM ${table}`);
    }
    await world.database.pool.query(
      'UPDATE metric_rollup_state SET cursor = pg_snapshot_xmin(pg_current_snapshot())::text::bigint',
    );
  });
  afterAll(() => world.stop());

  const rollUp = (database = world.database): RollUp =>
    new RollUp(new RollUpStore(database), new PeriodicRuns(database), world.config());
  const metrics = (): WebhookMetrics => new WebhookMetrics(new MetricsStore(world.database));

  /** Stores `count` calls of two capabilities within `spreadSeconds` before now; `duration` is SQL over n and u. */
  async function calls(
    count: number,
    {
      app = 'quiz',
      spreadSeconds = 3600,
      duration = 'floor(u * 900)::integer',
      database = world.database,
    } = {},
  ): Promise<void> {
    await database.pool.query(
      `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next)
       SELECT overlay(uuid_floor(now())::text PLACING right(gen_random_uuid()::text, 22) FROM 15)::uuid, 1 + n % 3, $1,
         gen_random_uuid(), CASE WHEN n % 2 = 0 THEN 'answer' ELSE 'report' END, now() - make_interval(secs => u * $3),
         ${duration}, (ARRAY['delivered', 'delivered', 'timeout', 'http_error'])[1 + n % 4],
         (ARRAY['done', 'retry', 'dead'])[1 + n % 3]
       FROM (SELECT n, random() AS u FROM generate_series(1, $2::integer) AS n) AS made`,
      [app, count, spreadSeconds],
    );
  }

  const exact = (shares: number[]): string =>
    `percentile_disc(ARRAY[${shares.join()}]) WITHIN GROUP (ORDER BY duration_ms)`;
  /** The same by counting every row. */
  async function byBruteForce(
    report: MetricsReport,
    app: string,
    capability: string | null,
  ): Promise<object> {
    const { rows } = await world.database.pool.query<Record<string, number>>(
      `SELECT count(*) AS total, count(*) FILTER (WHERE success) AS successes, count(*) FILTER (WHERE timeout) AS timeouts
       FROM webhook_metrics WHERE app_id = $1 AND ($2::text IS NULL OR capability = $2)
         AND "timestamp" >= $3 AND "timestamp" < $4`,
      [app, capability, report.from, report.to],
    );
    return rows[0]!;
  }

  async function expectTrue(app = 'quiz'): Promise<void> {
    for (const window of WINDOWS) {
      for (const capability of [null, 'answer', 'report']) {
        const report = await metrics().of(app, capability, window);
        expect(report.totals).toMatchObject(await byBruteForce(report, app, capability));
        for (const key of ['total', 'successes', 'timeouts'] as const) {
          expect(report.series.reduce((sum, point) => sum + point[key], 0)).toBe(report.totals[key]);
        }
      }
    }
  }

  /**
   * Rows that are written while another database of this server has a transaction in progress are taken by a later run.
   */
  async function rolledUp(count: number): Promise<void> {
    let sum = 0;
    await eventually(async () => (sum += await rollUp().run()) >= count, { what: `${count} rolled up` });
    expect(sum).toBe(count);
  }

  it('without calls are zeros at every step, and no rates', async () => {
    const { totals, series } = await metrics().of('nobody', null, '24h');
    expect(totals).toMatchObject({ total: 0, failures: 0, successRate: null, p95Ms: null });
    expect(series).toHaveLength(96);
    expect(series[0]).toMatchObject({ total: 0, p50Ms: null });
  });

  it('are correct before anything is rolled up, half-way, and after it', async () => {
    await calls(3000, { spreadSeconds: 8 * 86_400 });
    await calls(2000, { spreadSeconds: 3600 });
    await expectTrue();
    await rolledUp(5000);
    await expectTrue();
    await calls(1000);
    await expectTrue();
    await rolledUp(1000);
    expect(await rollUp().run()).toBe(0);
    await expectTrue();
  });

  it('have each step of a series right', async () => {
    await calls(4000, { spreadSeconds: 90_000 });
    await rollUp().run();
    for (const window of WINDOWS) {
      const report = await metrics().of('quiz', null, window);
      const { rows } = await world.database.pool.query(
        `SELECT date_bin(make_interval(secs => $3::float8 / 1000), started_at, $1) AS at, count(*) AS total
         FROM attempts WHERE started_at >= $1 AND started_at < $2 GROUP BY 1 ORDER BY 1`,
        [report.from, report.to, report.stepMs],
      );
      const counted = report.series.filter(({ total }) => total > 0).map(({ at, total }) => ({ at, total }));
      expect(counted).toEqual(rows);
    }
  });

  it.each([
    ['lognormal', 'ceil(exp(4.5 + 1.4 * sqrt(-2 * ln(1 - u)) * cos(2 * pi() * random())))::integer'],
    ['bimodal', 'CASE WHEN random() < 0.93 THEN 20 + floor(u * 40) ELSE 4000 + floor(u * 3000) END::integer'],
    ['one value', '777'],
  ])('have percentiles within 1 % of the exact ones: %s durations', async (_, duration) => {
    await calls(40_000, { duration, spreadSeconds: 3000 });
    await rollUp().run();
    const shares = [0.5, 0.95, 0.99];
    const report = await metrics().of('quiz', null, '7d');
    const { rows } = await world.database.pool.query<{ exact: number[] }>(
      `SELECT ${exact(shares)} AS exact FROM attempts WHERE started_at >= $1 AND started_at < $2`,
      [report.from, report.to],
    );
    const { p50Ms, p95Ms, p99Ms } = report.totals;
    for (const [n, found] of [p50Ms, p95Ms, p99Ms].entries()) {
      expect(Math.abs(found! / rows[0]!.exact[n]! - 1)).toBeLessThan(0.01);
    }
    // As the alert rules read it.
    const counts = await new MetricsStore(world.database).counts(3_600_000);
    expect(counts.find(({ capability }) => capability === null)).toMatchObject({ p50Ms, p95Ms, p99Ms });
  });

  it('have no durations of calls with unknown end, but count them', async () => {
    const unseen = (count: number): Promise<unknown> =>
      world.database.pool.query(
        `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, outcome, next)
         SELECT gen_random_uuid(), 1, app, gen_random_uuid(), 'answer', now(), 'unknown', 'again'
         FROM unnest(ARRAY['quiz', 'silent']) AS app, generate_series(1, $1)`,
        [count],
      );
    const expectUnseen = async (calls_: number, silent: number): Promise<void> => {
      const { totals } = await metrics().of('quiz', null, '24h');
      expect(totals).toMatchObject({ total: calls_, p50Ms: 7, p95Ms: 7, p99Ms: 7 });
      const counts = await new MetricsStore(world.database).counts(3_600_000);
      const of = (app: string) => counts.find((row) => row.appId === app && row.capability === null);
      expect(of('quiz')).toMatchObject({ calls: calls_, p95Ms: 7 });
      expect(of('silent')).toMatchObject({ calls: silent, successes: 0, p95Ms: null });
      expect((await metrics().of('silent', 'answer', '24h')).totals).toMatchObject({
        total: silent,
        successRate: 0,
        p50Ms: null,
      });
    };
    await calls(10, { duration: '7', spreadSeconds: 60 });
    await unseen(90);
    await expectUnseen(100, 90);
    await rollUp().run();
    await unseen(10);
    await expectUnseen(110, 100);
    await rollUp().run();
    await expectUnseen(110, 100);
  });

  it('are rows that can be queried in the database, by index for an app, a capability and a time', async () => {
    await calls(2_000, { app: 'quiz' });
    await calls(20_000, { app: 'other' });
    const { rows } = await world.database.pool.query(
      `SELECT m.*, a.number FROM webhook_metrics m JOIN attempts a ON a.delivery_id = m.delivery_id AND a.number = m.attempt
       WHERE m.app_id = 'quiz' LIMIT 1`,
    );
    expect(rows[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      capability: expect.any(String),
      duration_ms: expect.any(Number),
      success: expect.any(Boolean),
      timestamp: expect.any(Date),
    });
    const { rows: ids } = await world.database.pool.query(
      'SELECT count(DISTINCT id) AS ids FROM webhook_metrics',
    );
    expect(ids).toEqual([{ ids: 22_000 }]);
    // A session of its own, with PostgreSQL's default settings, and as an app's people.
    for (const role of ['breakwater_service', 'breakwater_tenant']) {
      const sql = `SELECT * FROM webhook_metrics WHERE app_id = 'quiz' AND capability = 'answer'
        AND "timestamp" > now() - interval '10 minutes'`;
      const plan = await planOf(world.database.options.url, { sql, role, tenant: 'quiz' });
      expect(plan).toContain('app_id_capability_started_at_idx');
      expect(fullScans(plan)).toEqual([]);
    }
  });

  it('count the windows of all apps at once', async () => {
    await calls(900, { app: 'quiz', spreadSeconds: 3000 });
    await rollUp().run();
    await calls(600, { app: 'other', spreadSeconds: 3000 });
    const { rows } = await world.database.pool.query(
      `SELECT app_id AS "appId", capability, count(*) AS calls, count(*) FILTER (WHERE outcome = 'delivered') AS successes,
         count(*) FILTER (WHERE outcome = 'timeout') AS timeouts, count(*) FILTER (WHERE next IN ('done', 'dead')) AS ended,
         sum(number) FILTER (WHERE next IN ('done', 'dead')) AS "endedAttempts"
       FROM attempts GROUP BY GROUPING SETS ((1, 2), (1)) ORDER BY 1, capability NULLS FIRST`,
    );
    const store = new MetricsStore(world.database);
    for (const windowMs of [3_600_000, 7 * 86_400_000]) {
      const counts = await store.counts(windowMs);
      expect(counts.map(({ p50Ms: _50, p95Ms: _95, p99Ms: _99, ...rest }) => rest)).toEqual(rows);
    }
    expect(await store.counts(60_000)).not.toEqual(await store.counts(3_600_000));
  });

  it('include calls whose transaction was still open when later ones were rolled up', async () => {
    const slow = await world.database.pool.connect();
    await slow.query('BEGIN');
    await slow.query(
      `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next)
       VALUES (gen_random_uuid(), 1, 'quiz', gen_random_uuid(), 'answer', now(), 5, 'delivered', 'done')`,
    );
    await calls(100);
    await rollUp().run();
    await expectTrue();
    await slow.query('COMMIT');
    slow.release();
    await expectTrue();
    await rollUp().run();
    expect((await metrics().of('quiz', null, '24h')).totals.total).toBe(101);
    await expectTrue();
  });

  it('include more calls of one transaction than one statement takes', async () => {
    await calls(50);
    await calls(45_000, { spreadSeconds: 3000 });
    await calls(60);
    await rolledUp(45_110);
    await expectTrue();
    const { rows } = await world.database.pool.query(
      `SELECT capability, sum(calls) AS calls, sum(n)::bigint AS statuses FROM metric_minutes,
         LATERAL (SELECT sum(m.count) AS n FROM unnest(marks, mark_counts) AS m(name, count) WHERE m.name = 'status:none') s
       WHERE app_id = 'quiz' AND capability = '' GROUP BY 1`,
    );
    expect(rows).toEqual([{ capability: '', calls: 45_110, statuses: 45_110 }]);
  });

  it('include late calls, and those of wrong clocks', async () => {
    await calls(50);
    await rolledUp(50);
    await calls(50);
    await world.database.pool.query(
      `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next)
       SELECT gen_random_uuid(), 1, 'quiz', gen_random_uuid(), 'answer', now() + make_interval(days => days), -3,
         'delivered', 'done' FROM unnest(ARRAY[-400, -3, 1, 400]) AS days`,
    );
    await rolledUp(54);
    await expectTrue();
  });

  it('stay correct while many write and two processes roll up', async () => {
    const writers = Array.from({ length: 6 }, async (_, n) => {
      const database = world.node();
      for (let round = 0; round < 15; round++) await calls(40 + n, { database });
    });
    const state = { going: true };
    const rollers = Array.from({ length: 2 }, async () => {
      const store = new RollUpStore(world.node());
      while (state.going) await store.rollUpSome();
    });
    for (let n = 0; n < 5; n++) {
      const { totals, series } = await metrics().of('quiz', null, '24h');
      expect(series.reduce((sum, { total }) => sum + total, 0)).toBe(totals.total);
    }
    await Promise.all(writers);
    state.going = false;
    await Promise.all(rollers);
    await expectTrue();
    await rollUp().run();
    await expectTrue();
    const { rows } = await world.database.pool.query(
      'SELECT sum(calls) AS n FROM metric_hours WHERE capability = $1 AND app_id <> $1',
      [''],
    );
    expect(rows[0].n).toBe(15 * (40 + 41 + 42 + 43 + 44 + 45));
  });

  it('killed in the middle of a roll-up are as if it had not begun', async () => {
    await calls(5000);
    const holder = await world.database.pool.connect();
    await holder.query('BEGIN; LOCK TABLE metric_hours IN ACCESS EXCLUSIVE MODE');
    const killed = rollUp(world.node()).run();
    killed.catch(() => undefined);
    await eventually(async () => {
      const { rowCount } = await world.database.pool.query(`SELECT 1 FROM pg_locks WHERE NOT granted`);
      return rowCount! > 0;
    });
    await world.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    await expect(killed).rejects.toThrow(/terminat|connection/i);
    await holder.query('ROLLBACK');
    holder.release();
    await expectTrue();
    await rolledUp(5000);
    await expectTrue();
  });

  it('are computed again when the database was restored on a server with smaller transaction numbers', async () => {
    await calls(3000, { spreadSeconds: 20 * 3600 });
    await rollUp().run();
    await calls(500, { spreadSeconds: 20 * 3600 });
    // The old server's numbers as the new one sees them.
    await world.database.pool.query('UPDATE attempts SET recorded_in = recorded_in + 5000000000');
    await world.database.pool.query('UPDATE metric_rollup_state SET cursor = cursor + 5000000000');
    await calls(200);
    await rolledUp(3700);
    await expectTrue();
    await calls(100);
    await rolledUp(100);
    await expectTrue();
  });

  it('show an app’s people only their own', async () => {
    await calls(100, { app: 'quiz' });
    await rollUp().run();
    await calls(100, { app: 'quiz' });
    expect((await metrics().of('quiz', null, '24h', 'quiz')).totals.total).toBe(200);
    expect((await metrics().of('quiz', null, '24h', 'other')).totals.total).toBe(0);
  });

  it('a window begins and ends on whole steps', () => {
    const now = new Date('2026-11-24T10:07:31.500Z');
    expect(WINDOWS.map((window) => windowAt(window, now))).toEqual([
      { from: new Date('2026-11-24T09:08:00Z'), to: new Date('2026-11-24T10:08:00Z') },
      { from: new Date('2026-11-23T10:15:00Z'), to: new Date('2026-11-24T10:15:00Z') },
      { from: new Date('2026-11-17T11:00:00Z'), to: new Date('2026-11-24T11:00:00Z') },
    ]);
  });
});
