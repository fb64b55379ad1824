import type { MetricSeries, SeriesWindow } from '@breakwater/metrics';
import { transactionOf } from '@breakwater/platform';
import { metricsOf } from '@breakwater/testing/metrics.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppNumbersStore } from './apps/app-numbers.store.js';
import { AppSummaries } from './apps/app-summaries.service.js';
import { Overview } from './overview/overview.service.js';
import { OverviewStore } from './overview/overview.store.js';
import { HeartbeatStore } from './processes/heartbeat.store.js';
import { Processes } from './processes/processes.service.js';
import { Search } from './search/search.service.js';
import { SearchStore } from './search/search.store.js';

/** More apps than one, so that a number of one is not that of all. */
const APPS = ['quiz', 'poll', 'idle'];
const ENDS = { completed: 'completed', fallback: 'fallback', failed: 'failed', deadLetter: 'dead_letter' };

// A zone with a half hour: hours and days of the server's zone would be wrong ones.
process.env['TZ'] = 'Asia/Kathmandu';

/** Each row is a delivery with up to three attempts within the last `$3` seconds: every kind of end. */
const MAKE = `
WITH made AS MATERIALIZED (
  SELECT n, overlay(uuid_floor(at)::text PLACING right(gen_random_uuid()::text, 22) FROM 15)::uuid AS id, at, e.*,
    (ARRAY['completed', 'fallback', 'failed', 'dead_letter'])[1 + n % 4] AS ended
  FROM (SELECT n, now() - random() * make_interval(secs => $3) AS at FROM generate_series(1, $2::integer) AS n) g
  CROSS JOIN LATERAL (SELECT id AS endpoint_id, app_id, capability FROM endpoints WHERE app_id = $1
    ORDER BY capability OFFSET n % 2 LIMIT 1) e
), d AS (
  INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
    status, created_at, finished_at, attempts)
  SELECT id, app_id, endpoint_id, capability, 'invocation', CASE WHEN n % 4 IN (1, 2) THEN 'sync' ELSE 'async' END,
    'r' || n, '1', 'application/json', 1000, ended, at, at, 1 FROM made
), a AS (
  INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next,
    http_status, error_class)
  SELECT id, 1, app_id, endpoint_id, capability, at, n % 300,
    CASE WHEN ended = 'completed' THEN 'delivered' WHEN n % 3 = 0 THEN 'network' ELSE 'http_error' END,
    CASE WHEN ended = 'completed' THEN 'done' ELSE 'dead' END,
    CASE WHEN ended = 'completed' THEN 200 WHEN n % 3 > 0 THEN 500 END,
    CASE WHEN ended <> 'completed' THEN CASE WHEN n % 3 = 0 THEN 'network' ELSE 'server_error' END END
  FROM made WHERE n % 8 <> 1
)
INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, failed_at, delivery_id, endpoint_id,
  category, reason, error_class, resolved_at)
SELECT gen_random_uuid(), app_id, capability, '1', 1, at, id, endpoint_id, 'RETRYABLE', 'exhausted',
  CASE WHEN n % 3 = 0 THEN 'network' ELSE 'server_error' END, CASE WHEN n % 5 = 0 THEN now() END
FROM made WHERE ended = 'dead_letter'`;

describe('the numbers of the dashboard', () => {
  let world: World;
  let metrics: MetricSeries;
  let summaries: AppSummaries;
  let overview: Overview;
  let search: Search;

  beforeAll(async () => {
    world = await World.start();
    const { database } = world;
    await world.rows(`SELECT make_partitions(now() - interval '10 days')`);
    for (const app of APPS) {
      await world.rows(
        `INSERT INTO apps (id, name, owner_email, base_url, manifest_version) VALUES ($1::text, 'App ' || $1::text, 'o@example.com', 'http://x', 1)`,
        app,
      );
      await world.rows(
        `INSERT INTO endpoints (id, app_id, kind, capability, url, async)
         SELECT gen_random_uuid(), $1, 'capability', c, 'http://x', true FROM unnest(ARRAY['answer', 'report']) AS c`,
        app,
      );
    }
    await database.query({ text: MAKE }, ['quiz', 2000, 3600 * 60]);
    await database.query({ text: MAKE }, ['quiz', 400, 7000]);
    await database.query({ text: MAKE }, ['poll', 300, 7000]);
    metrics = metricsOf(database, world.config()).series;
    summaries = new AppSummaries(new AppNumbersStore(database));
    const processes = new Processes(new HeartbeatStore(database));
    overview = new Overview(summaries, metrics, new OverviewStore(database), processes);
    search = new Search(new SearchStore(database));
  });
  afterAll(() => world.stop());

  const rollUp = async (): Promise<void> => {
    await metricsOf(world.database, world.config()).rollUp.run();
  };

  /** Ends within a range, by counting the rows that the lists show. */
  async function endsByBruteForce(app: string | null, capability: string | null, from: Date, to: Date) {
    const counts = await world.rows<{ status: string; count: number }>(
      `SELECT status, count(*)::integer AS count FROM (
         SELECT d.status, d.created_at AS at, d.app_id, d.capability FROM deliveries d WHERE d.status <> 'dead_letter'
         UNION ALL SELECT 'dead_letter', failed_at, app_id, capability FROM webhook_dead_letter_queue) AS e
       WHERE ($1::text IS NULL OR app_id = $1) AND ($2::text IS NULL OR capability = $2) AND at >= $3 AND at < $4
       GROUP BY 1`,
      app,
      capability,
      from,
      to,
    );
    const of = (status: string): number => counts.find((row) => row.status === status)?.count ?? 0;
    return Object.fromEntries(Object.entries(ENDS).map(([name, status]) => [name, of(status)]));
  }

  async function callsByBruteForce(app: string | null, capability: string | null, from: Date, to: Date) {
    const [row] = await world.rows<Record<string, number>>(
      `SELECT count(*)::integer AS total, count(*) FILTER (WHERE outcome = 'delivered')::integer AS successes,
         count(*) FILTER (WHERE http_status = 200)::integer AS ok, count(*) FILTER (WHERE http_status = 500)::integer AS bad,
         count(*) FILTER (WHERE http_status IS NULL)::integer AS none,
         count(*) FILTER (WHERE error_class = 'network')::integer AS network
       FROM attempts WHERE ($1::text IS NULL OR app_id = $1) AND ($2::text IS NULL OR capability = $2)
         AND started_at >= $3 AND started_at < $4`,
      app,
      capability,
      from,
      to,
    );
    return row!;
  }

  // Completed deliveries without a recorded call do not exist: those of MAKE that have none are fallbacks.
  async function expectSeries(app: string | null, capability: string | null, window: SeriesWindow) {
    const range = await metrics.range({ window });
    const { totals, series, from, to } = await metrics.of({ appId: app, capability }, range);
    expect(totals.ends).toEqual(await endsByBruteForce(app, capability, from, to));
    const calls = await callsByBruteForce(app, capability, from, to);
    expect(totals).toMatchObject({ total: calls['total'], successes: calls['successes'] });
    expect([totals.statuses['2xx'] ?? 0, totals.statuses['5xx'] ?? 0, totals.statuses['none'] ?? 0]).toEqual([
      calls['ok'],
      calls['bad'],
      calls['none'],
    ]);
    expect(totals.errors['network'] ?? 0).toBe(calls['network']);
    const sum = (of: (point: (typeof series)[number]) => number): number =>
      series.reduce((all, point) => all + of(point), 0);
    expect(sum(({ total }) => total)).toBe(totals.total);
    expect(sum(({ ends }) => ends.deadLetter)).toBe(totals.ends.deadLetter);
  }

  async function expectAll(): Promise<void> {
    for (const window of ['1h', '6h', '24h', '7d', '30d'] as const) {
      await expectSeries(null, null, window);
      await expectSeries('quiz', null, window);
      await expectSeries('quiz', 'answer', window);
      await expectSeries('idle', null, window);
    }
    for (const window of ['1h', '6h', '24h', '7d'] as const) {
      const range = await metrics.range({ window });
      for (const row of await metrics.byCapability('quiz', range)) {
        const calls = await callsByBruteForce('quiz', row.capability, range.from, range.to);
        expect(row.total).toBe(calls['total']);
        expect(row.ends).toEqual(await endsByBruteForce('quiz', row.capability, range.from, range.to));
      }
    }
  }

  it('of each series equal those of the rows, before anything is rolled up, after it, and half-way', async () => {
    await expectAll();
    await rollUp();
    await expectAll();
    await world.database.query({ text: MAKE }, ['quiz', 200, 7000]);
    await expectAll();
    await rollUp();
    await expectAll();
  });

  it('of a step equal those of the rows in it', async () => {
    const range = await metrics.range({ from: new Date(Date.now() - 20 * 3_600_000) });
    const { series, stepMs } = await metrics.of({ appId: 'quiz', capability: null }, range);
    for (const { at, total, ends } of series.filter((_, n) => n % 7 === 0)) {
      const to = new Date(at.getTime() + stepMs);
      expect(total).toBe((await callsByBruteForce('quiz', null, at, to))['total']);
      expect(ends).toEqual(await endsByBruteForce('quiz', null, at, to));
    }
  });

  it('of the overview equal those of the lists', async () => {
    const { tiles, apps, outcomes } = await overview.read(null);
    const ended = await endsByBruteForce(null, null, tiles.lastHour.from, tiles.lastHour.to);
    expect(tiles.lastHour.completed).toBe(ended['completed']);
    expect(tiles.lastHour.ended).toBe(Object.values(ended).reduce((sum, count) => sum + count, 0));
    const before = new Date(tiles.lastHour.from.getTime() - 3_600_000);
    const earlier = await endsByBruteForce(null, null, before, tiles.lastHour.from);
    expect(tiles.hourBefore.completed).toBe(earlier['completed']);
    expect(tiles.lastHour.calls).toBe(
      (await callsByBruteForce(null, null, tiles.lastHour.from, tiles.lastHour.to))['total'],
    );
    const [dead] = await world.rows<{ count: number; oldest: Date }>(
      `SELECT count(*)::integer AS count, min(failed_at) AS oldest FROM webhook_dead_letter_queue WHERE resolved_at IS NULL`,
    );
    expect(tiles.deadLetters).toEqual({ count: dead!.count, oldestAt: dead!.oldest });
    expect(outcomes.totals.ends).toEqual(await endsByBruteForce(null, null, outcomes.from, outcomes.to));
    const states = await summaries.list({ sort: 'name', limit: 100 }, null);
    for (const [state, count] of Object.entries(apps))
      expect(states.filter((one) => one.state === state)).toHaveLength(count);
  });

  it('of each app equal those of the rows of its 24 hours', async () => {
    const rows = await summaries.list({ sort: 'name', limit: 100 }, null);
    expect(rows.map(({ appId }) => appId)).toEqual(['idle', 'poll', 'quiz']);
    for (const { appId, ended, completed, sparkline, deadLetters, p95Ms } of rows) {
      const from = sparkline[0]!.at;
      const ends = await endsByBruteForce(appId, null, from, new Date(Date.now() + 60_000));
      expect([completed, ended]).toEqual([
        ends['completed'],
        Object.values(ends).reduce((sum, count) => sum + count, 0),
      ]);
      const [dead] = await world.rows<{ count: number }>(
        'SELECT count(*)::integer AS count FROM webhook_dead_letter_queue WHERE app_id = $1 AND resolved_at IS NULL',
        appId,
      );
      expect(deadLetters).toBe(dead!.count);
      const [exact] = await world.rows<{ p95: number | null }>(
        `SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms) AS p95 FROM attempts
         WHERE app_id = $1 AND started_at >= $2`,
        appId,
        from,
      );
      if (p95Ms === null) expect(exact!.p95).toBeNull();
      else expect(Math.abs(p95Ms / exact!.p95! - 1)).toBeLessThan(0.011);
    }
  });

  it('of the apps come in pages, in each order, without a gap', async () => {
    const { placeOf } = await import('./apps/app-summary.js');
    for (const sort of ['worst', 'name', 'lastSeen'] as const) {
      const all = await summaries.list({ sort, limit: 100 }, null);
      const first = await summaries.list({ sort, limit: 1 }, null);
      const rest = await summaries.list({ sort, limit: 9, after: placeOf(first[0]!, sort) }, null);
      expect([...first, ...rest].map(({ appId }) => appId)).toEqual(all.map(({ appId }) => appId));
    }
    const found = await summaries.list({ sort: 'name', search: 'POLL', limit: 9 }, null);
    expect(found.map(({ appId }) => appId)).toEqual(['poll']);
  });

  it('of an app are its own only', async () => {
    const own = await overview.read('poll');
    expect(Object.values(own.apps).reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(own.tiles.workers).toBeNull();
    expect(own.outcomes.totals.ends).toEqual(
      await endsByBruteForce('poll', null, own.outcomes.from, own.outcomes.to),
    );
    expect((await summaries.list({ sort: 'worst', limit: 9 }, 'poll')).map(({ appId }) => appId)).toEqual([
      'poll',
    ]);
    const range = await metrics.range({ window: '24h' });
    const foreign = await metrics.of({ appId: 'quiz', capability: null }, range, 'poll');
    expect(foreign.totals.total).toBe(0);
    expect(await metrics.byCapability('quiz', range, 'poll')).toEqual([]);
  });

  it('of all apps are right again after rows of an app were removed', async () => {
    await world.database.transaction(async (client) => {
      await client.query('SELECT 1 FROM metric_rollup_state WHERE id = 1 FOR UPDATE');
      const { rows } = await client.query<{ at: Date }>(
        `SELECT min(at) AS at FROM metric_hours WHERE app_id = 'poll'`,
      );
      for (const table of [
        'attempts',
        'webhook_dead_letter_queue',
        'metric_minutes',
        'metric_hours',
        'deliveries',
      ])
        await client.query(`DELETE FROM ${table} WHERE app_id = 'poll'`);
      await metricsOf(world.database, world.config()).allApps.recount(transactionOf(client), rows[0]!.at);
    });
    await expectAll();
  });

  describe('the search', () => {
    it('finds apps and capabilities by name, and deliveries by id and request id', async () => {
      const apps = (await search.find('app', null)).filter(({ kind }) => kind === 'app');
      expect(apps.map(({ id }) => id)).toEqual(['idle', 'poll', 'quiz']);
      expect((await search.find('ANSW', null)).map(({ kind, appId }) => [kind, appId])).toEqual(
        APPS.toSorted().map((appId) => ['capability', appId]),
      );
      const [delivery] = await world.rows<{ id: string }>('SELECT id FROM deliveries ORDER BY id LIMIT 1');
      expect(await search.find(delivery!.id, null)).toMatchObject([{ kind: 'delivery', id: delivery!.id }]);
      const byRequest = await search.find('r17', null);
      expect(byRequest.length).toBeGreaterThan(0);
      expect(byRequest.every(({ kind }) => kind === 'delivery')).toBe(true);
    });

    it('finds at most five of a kind, and for an app its own only', async () => {
      const [first] = await world.rows<{ id: string }>('SELECT id FROM deliveries ORDER BY id DESC LIMIT 1');
      const near = await search.find(first!.id.slice(0, 8), null);
      expect(near.filter(({ kind }) => kind === 'delivery').length).toBeLessThanOrEqual(5);
      expect(await search.find('answ', 'poll')).toMatchObject([{ kind: 'capability', appId: 'poll' }]);
      expect(await search.find(first!.id, 'poll')).toEqual([]);
      expect(await search.find('quiz', 'poll')).toEqual([]);
      expect((await search.find('success rate', null)).map(({ kind }) => kind)).toEqual(['alert_rule']);
      expect(await search.find('success rate', 'poll')).toEqual([]);
    });
  });

  describe('a heartbeat', () => {
    it('is a row for each process, alive while it is seen, and gone when it ends', async () => {
      const store = new HeartbeatStore(world.database);
      const beat = {
        id: '01990000-0000-7000-8000-000000000001',
        role: 'worker',
        host: 'h',
        pid: 1,
        version: '1',
        slots: 10,
        slotsInUse: 3,
      };
      await store.beat(beat);
      await store.beat({ ...beat, slotsInUse: 4 });
      expect(await store.list()).toMatchObject([{ role: 'worker', slots: 10, slotsInUse: 4, alive: true }]);
      expect(await store.workers()).toMatchObject({ alive: 1 });
      await world.rows(`UPDATE heartbeats SET seen_at = now() - interval '21 seconds'`);
      expect(await store.list()).toMatchObject([{ alive: false }]);
      await world.rows(`UPDATE heartbeats SET seen_at = now() - interval '25 hours'`);
      await store.beat({
        ...beat,
        id: '01990000-0000-7000-8000-000000000002',
        role: 'api',
        slots: null,
        slotsInUse: null,
      });
      expect(await store.list()).toMatchObject([{ role: 'api', slots: null }]);
      expect(await store.workers()).toEqual({ alive: 0, lastHeartbeatAt: null });
      await store.end('01990000-0000-7000-8000-000000000002');
      expect(await store.list()).toEqual([]);
    });
  });

  it('of dead letters are read from an index, without the rows', async () => {
    // Marks the pages as visible to all, as autovacuum does: before that, an index alone is no cheaper.
    await world.rows('VACUUM (ANALYZE) webhook_dead_letter_queue');
    const plan = await world.database.query<Record<string, string>>({
      text: `EXPLAIN SELECT app_id, count(*), min(failed_at) FROM webhook_dead_letter_queue
             WHERE resolved_at IS NULL GROUP BY app_id`,
    });
    expect(JSON.stringify(plan)).toContain('Index Only Scan using webhook_dead_letter_queue_groups_idx');
  });
});
