import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { PoolClient } from 'pg';

/** Attempts that one transaction takes at most, unless a single writer wrote more. */
const AT_ONCE = 20_000;

// Processes that roll up wait for each other here. All transactions before `horizon` are over: the next statement sees
// what they wrote, and no row with their numbers is written any more.
const STATE = `
SELECT cursor, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
  cursor > pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS foreign_cursor
FROM metric_rollup_state WHERE id = 1 FOR UPDATE`;

// Index: attempts_recorded_in_idx
const BOUND = `
SELECT recorded_in AS bound FROM attempts WHERE recorded_in >= $1 AND recorded_in < $2
ORDER BY recorded_in OFFSET ${AT_ONCE} LIMIT 1`;

/** Adds rows of `source` to those in the table. @param insert `INSERT INTO` and the table */
const merge = (insert: string, source: string): string => `
${insert} AS m (app_id, capability, at, calls, successes, timeouts, ended, ended_attempts, buckets, counts)
SELECT app_id, capability, at, sum(calls), sum(successes), sum(timeouts), sum(ended), sum(ended_attempts),
  array_agg(bucket ORDER BY bucket) FILTER (WHERE bucket IS NOT NULL),
  array_agg(calls ORDER BY bucket) FILTER (WHERE bucket IS NOT NULL)
FROM ${source} GROUP BY app_id, capability, at
ON CONFLICT (app_id, capability, at) DO UPDATE SET
  calls = m.calls + EXCLUDED.calls, successes = m.successes + EXCLUDED.successes,
  timeouts = m.timeouts + EXCLUDED.timeouts, ended = m.ended + EXCLUDED.ended,
  ended_attempts = m.ended_attempts + EXCLUDED.ended_attempts,
  (buckets, counts) = (
    SELECT array_agg(h.bucket ORDER BY h.bucket), array_agg(h.count ORDER BY h.bucket) FROM (
      SELECT e.bucket, sum(e.count) AS count FROM (
        SELECT * FROM unnest(m.buckets, m.counts)
        UNION ALL SELECT * FROM unnest(EXCLUDED.buckets, EXCLUDED.counts)) AS e(bucket, count)
      GROUP BY e.bucket) AS h)`;

const grouped = (at: string, capability: string, source: string, by: string): string => `
  SELECT app_id, ${capability} AS capability, ${at} AS at, bucket, sum(calls)::integer AS calls,
    sum(successes) AS successes, sum(timeouts) AS timeouts, sum(ended) AS ended, sum(ended_attempts) AS ended_attempts
  FROM ${source} GROUP BY ${by}`;

// Index: attempts_recorded_in_idx. A call with unknown end has no duration, and so no bucket. From the calls to
// minutes of each capability, of each app, and to hours of both.
const ROLL_UP = `
WITH calls AS MATERIALIZED (
  SELECT app_id, capability, date_trunc('minute', started_at) AS at, duration_bucket(duration_ms) AS bucket,
    count(*)::integer AS calls, count(*) FILTER (WHERE outcome = 'delivered') AS successes,
    count(*) FILTER (WHERE outcome = 'timeout') AS timeouts, count(*) FILTER (WHERE next IN ('done', 'dead')) AS ended,
    COALESCE(sum(number) FILTER (WHERE next IN ('done', 'dead')), 0) AS ended_attempts
  FROM attempts WHERE recorded_in >= $1 AND recorded_in < $2
  GROUP BY 1, 2, 3, 4
), minutes AS MATERIALIZED (
  SELECT * FROM calls
  UNION ALL ${grouped('at', "''", 'calls', 'app_id, at, bucket')}
), hours AS MATERIALIZED (
  ${grouped("date_trunc('hour', at, 'UTC')", 'capability', 'minutes', "app_id, capability, date_trunc('hour', at, 'UTC'), bucket")}
), by_minute AS (${merge('INSERT INTO metric_minutes', 'minutes')}),
  by_hour AS (${merge('INSERT INTO metric_hours', 'hours')})
SELECT COALESCE(sum(calls), 0) AS calls FROM calls`;

// The cursor is in the future of this server: the database was restored from a dump of another one. Transaction
// numbers mean nothing any more, so all existing attempts are rolled up again. They are spread over a few past
// numbers, so that one transaction need not take them all.
const FORGET = ['DELETE FROM metric_minutes', 'DELETE FROM metric_hours'].map(
  (remove) => `${remove} WHERE at >= (SELECT date_trunc('hour', min(started_at), 'UTC') FROM attempts)`,
);
const RENUMBER = 'UPDATE attempts SET recorded_in = 3 + get_byte(uuid_send(delivery_id), 15)';

// Other rows with such numbers: the live feed would show them when this server comes to the same numbers.
const FORGET_NUMBERS = [
  'UPDATE captures SET recorded_in = 0',
  'UPDATE deliveries SET recorded_in = 0',
  'UPDATE events SET recorded_in = 0',
  'UPDATE webhook_dead_letter_queue SET recorded_in = 0',
];

/** Rolls attempts up into minutes and hours, each attempt once, whichever process dies. */
@Injectable()
export class RollUpStore {
  constructor(private readonly database: Database) {}

  /** Takes some of what was recorded since the last time. @returns how many calls; 0 when nothing is left */
  async rollUpSome(): Promise<number> {
    return this.database.transaction((client) => rollUp(client), {
      statementMs: this.database.bounds.upkeepMs,
    });
  }
}

async function rollUp(client: PoolClient): Promise<number> {
  await client.query(`SET LOCAL work_mem = '64MB'`);
  const { rows } = await client.query<{ cursor: number; horizon: number; foreign_cursor: boolean }>(STATE);
  const state = rows[0]!;
  const cursor = state.foreign_cursor ? await startAnew(client) : state.cursor;
  const next = await boundOf(client, cursor, state.horizon);
  const done = await client.query<{ calls: number }>(ROLL_UP, [cursor, next]);
  await client.query('UPDATE metric_rollup_state SET cursor = $1 WHERE id = 1', [next]);
  return done.rows[0]!.calls;
}

async function startAnew(client: PoolClient): Promise<number> {
  for (const text of [...FORGET, RENUMBER, ...FORGET_NUMBERS]) await client.query(text);
  return 0;
}

/** The end of what one transaction takes: past the cursor, at most all that is over. */
async function boundOf(client: PoolClient, cursor: number, horizon: number): Promise<number> {
  const { rows } = await client.query<{ bound: number }>(BOUND, [cursor, horizon]);
  const bound = rows[0]?.bound;
  return bound === undefined ? Math.max(cursor, horizon) : Math.max(bound, cursor + 1);
}
