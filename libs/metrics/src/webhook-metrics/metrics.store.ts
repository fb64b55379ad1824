import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import { durationOf } from './histogram.js';
import { MetricWindows, type Counted, type CountScope, type WindowCounts } from './metric-windows.js';
import type { MetricPiece } from './metrics-report.js';
import { rollingCounts, type CountPiece, type RollingCounts, type RollingPeriod } from './rolling-counts.js';

const TABLES = { minute: 'metric_minutes', hour: 'metric_hours' } as const;
/** For longer windows the hours are fewer rows to add up. */
const MINUTES_REACH_MS = 2 * 86_400_000;

// One statement, so one view of the data: what is rolled up, and what came after that. Arrays are returned as JSON,
// which the driver reads ten times as fast. Indexes: metric_minutes_pkey or metric_hours_pkey,
// attempts_recorded_in_idx.
const pieces = (table: string): string => `
SELECT at, calls, successes, timeouts, to_json(buckets) AS buckets, to_json(counts) AS counts
FROM ${table} WHERE app_id = $1 AND capability = COALESCE($2, '') AND at >= $3 AND at < $4
UNION ALL
SELECT date_trunc('minute', min(started_at)), count(*), count(*) FILTER (WHERE outcome = 'delivered'),
  count(*) FILTER (WHERE outcome = 'timeout'), json_build_array(duration_bucket(duration_ms)), json_build_array(count(duration_ms))
FROM attempts
WHERE recorded_in >= (SELECT cursor FROM metric_rollup_state WHERE id = 1)
  AND app_id = $1 AND ($2::text IS NULL OR capability = $2) AND started_at >= $3 AND started_at < $4
GROUP BY date_trunc('minute', started_at), duration_bucket(duration_ms)`;

const RANK = (share: number): string =>
  `min(bucket) FILTER (WHERE up_to >= ceil(total * ${share})) AS p${share * 100}`;

// All apps at once; otherwise each app would need a query. Indexes: metric_minutes_at_idx or metric_hours_at_idx.
const windowCounts = (by: 'minute' | 'hour'): string => `
WITH tail AS MATERIALIZED (
  SELECT app_id, capability, duration_bucket(duration_ms) AS bucket, count(*)::integer AS calls,
    count(*) FILTER (WHERE outcome = 'delivered') AS successes, count(*) FILTER (WHERE outcome = 'timeout') AS timeouts,
    count(*) FILTER (WHERE next IN ('done', 'dead')) AS ended,
    COALESCE(sum(number) FILTER (WHERE next IN ('done', 'dead')), 0) AS ended_attempts
  FROM attempts
  WHERE recorded_in >= (SELECT cursor FROM metric_rollup_state WHERE id = 1)
    AND started_at >= date_trunc('${by}', now() - make_interval(secs => $1::float8 / 1000), 'UTC')
  GROUP BY 1, 2, 3
), pieces AS MATERIALIZED (
  SELECT app_id, capability, calls, successes, timeouts, ended, ended_attempts, buckets, counts FROM ${TABLES[by]}
  WHERE app_id <> '' AND calls > 0 AND at >= date_trunc('${by}', now() - make_interval(secs => $1::float8 / 1000), 'UTC')
  UNION ALL SELECT app_id, capability, calls, successes, timeouts, ended, ended_attempts, ARRAY[bucket], ARRAY[calls]
    FROM tail
  UNION ALL SELECT app_id, '', calls, successes, timeouts, ended, ended_attempts, ARRAY[bucket], ARRAY[calls] FROM tail
), histograms AS (
  SELECT app_id, capability, h.bucket, sum(h.count) AS count
  FROM pieces, unnest(buckets, counts) AS h(bucket, count) WHERE h.bucket IS NOT NULL GROUP BY 1, 2, 3
), ranked AS (
  SELECT *, sum(count) OVER (PARTITION BY app_id, capability ORDER BY bucket) AS up_to,
    sum(count) OVER (PARTITION BY app_id, capability) AS total
  FROM histograms
), ranks AS (
  SELECT app_id, capability, ${RANK(0.5)}, ${RANK(0.95)}, ${RANK(0.99)} FROM ranked GROUP BY 1, 2
)
SELECT p.app_id AS "appId", NULLIF(p.capability, '') AS capability, sum(p.calls)::bigint AS calls, sum(p.successes)::bigint AS successes,
  sum(p.timeouts)::bigint AS timeouts, sum(p.ended)::bigint AS ended, sum(p.ended_attempts)::bigint AS "endedAttempts", r.p50, r.p95, r.p99
FROM pieces p LEFT JOIN ranks r ON r.app_id = p.app_id AND r.capability = p.capability
GROUP BY p.app_id, p.capability, r.p50, r.p95, r.p99
ORDER BY p.app_id, p.capability`;

// Index: metric_hours_at_idx. The capability '' is the app as a whole.
const SUBJECTS = `
SELECT app_id AS "appId", NULLIF(capability, '') AS capability FROM metric_hours
WHERE at >= date_trunc('hour', $3::timestamptz, 'UTC') AND at < $4 AND ($1::text IS NULL OR app_id = $1)
  AND CASE WHEN $2 = '*' THEN capability <> '' ELSE capability = COALESCE($2, '') END
GROUP BY app_id, capability HAVING sum(calls) > 0 ORDER BY sum(calls) DESC, app_id, capability LIMIT $5`;

// Indexes: metric_minutes_pkey or metric_hours_pkey. Arrays are returned as JSON, as in `pieces`.
const countPieces = (table: string): string => `
SELECT at, calls, successes, timeouts, ended, ended_attempts AS "endedAttempts", to_json(buckets) AS buckets,
  to_json(counts) AS counts
FROM ${table} WHERE app_id = $1 AND capability = COALESCE($2, '') AND at >= $3 AND at < $4 ORDER BY at`;

type CountsRow = Omit<WindowCounts, 'p50Ms' | 'p95Ms' | 'p99Ms'> &
  Record<'p50' | 'p95' | 'p99', number | null>;

@Injectable()
export class MetricsStore extends MetricWindows {
  constructor(private readonly database: Database) {
    super();
  }

  /** @param as the app whose key is used; null is the platform itself */
  async pieces(
    { appId, capability, by }: { appId: string; capability: string | null; by: 'minute' | 'hour' },
    { from, to }: { from: Date; to: Date },
    as: string | null,
  ): Promise<MetricPiece[]> {
    return this.database.historyAs<MetricPiece>(as, pieces(TABLES[by]), [appId, capability, from, to]);
  }

  async subjects(
    scope: CountScope,
    { from, to }: { from: Date; to: Date },
    limit: number,
  ): Promise<Counted[]> {
    const values = [scope.appId, scope.capability, from, to, limit];
    return this.database.query<Counted>({ text: SUBJECTS }, values);
  }

  async rolling({ appId, capability }: Counted, period: RollingPeriod): Promise<RollingCounts[]> {
    const since = new Date(period.from.getTime() - period.windowMs);
    const table = TABLES[period.windowMs > MINUTES_REACH_MS ? 'hour' : 'minute'];
    const values = [appId, capability, since, period.to];
    const rows = await this.database.query<CountPiece>({ text: countPieces(table) }, values);
    return rollingCounts(rows, period);
  }

  async now(): Promise<Date> {
    const [row] = await this.database.query<{ now: Date }>({ text: 'SELECT now() AS now' });
    return row!.now;
  }

  async counts(windowMs: number): Promise<WindowCounts[]> {
    const text = windowCounts(windowMs > MINUTES_REACH_MS ? 'hour' : 'minute');
    const rows = await this.database.transaction(async (client) => {
      // This reads many rows: scans and hashes are faster here.
      await client.query(
        "SET LOCAL enable_bitmapscan = on; SET LOCAL enable_seqscan = on; SET LOCAL work_mem = '64MB'",
      );
      return (await client.query<CountsRow>(text, [windowMs])).rows;
    });
    return rows.map(({ p50, p95, p99, ...counts }) => ({
      ...counts,
      p50Ms: durationIn(p50),
      p95Ms: durationIn(p95),
      p99Ms: durationIn(p99),
    }));
  }
}

/** Null without a call of known end. */
function durationIn(bucket: number | null): number | null {
  return bucket === null ? null : durationOf(bucket);
}
