import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { PoolClient } from 'pg';
import { callsAndMarks } from './calls-and-marks.store.js';

/** Attempts that one transaction takes at most, unless a single writer wrote more. */
const AT_ONCE = 20_000;

// Processes that roll up wait for each other here. All transactions before `horizon` are over: the next statement sees
// what they wrote, and no row with their numbers is written any more.
const STATE = `
SELECT cursor, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
  cursor > pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS foreign_cursor
FROM metric_rollup_state WHERE id = 1 FOR UPDATE`;

// Indexes: attempts_recorded_in_idx, deliveries_recorded_in_idx, webhook_dead_letter_queue_recorded_in_idx
const BOUND = `
SELECT LEAST(${['attempts', "deliveries WHERE kind = 'invocation'", 'webhook_dead_letter_queue'].map(boundIn).join(', ')}) AS bound`;

/** The number after which `AT_ONCE` rows are taken; null when there are fewer. @param from table, or with a WHERE clause */
function boundIn(from: string): string {
  return `(SELECT recorded_in FROM ${from} ${from.includes('WHERE') ? 'AND' : 'WHERE'} recorded_in >= $1 AND recorded_in < $2
  ORDER BY recorded_in OFFSET ${AT_ONCE} LIMIT 1)`;
}

/** Two arrays, of names and of how many, with another two added. @param of alias of their columns */
const added = (of: string, names: string, counts: string): string => `(
    SELECT array_agg(h.name ORDER BY h.name), array_agg(h.count ORDER BY h.name) FROM (
      SELECT e.name, sum(e.count) AS count FROM (
        SELECT * FROM unnest(${of}.${names}, ${of}.${counts})
        UNION ALL SELECT * FROM unnest(EXCLUDED.${names}, EXCLUDED.${counts})) AS e(name, count)
      GROUP BY e.name) AS h)`;

/** Adds rows of `source` to those in the table. @param insert `INSERT INTO` and the table */
const merge = (insert: string, source: string): string => `
${insert} AS m (app_id, capability, at, calls, successes, timeouts, ended, ended_attempts, buckets, counts, marks, mark_counts)
SELECT app_id, capability, at, sum(calls), sum(successes), sum(timeouts), sum(ended), sum(ended_attempts),
  array_agg(bucket ORDER BY bucket) FILTER (WHERE bucket IS NOT NULL),
  array_agg(calls ORDER BY bucket) FILTER (WHERE bucket IS NOT NULL),
  array_agg(mark ORDER BY mark) FILTER (WHERE mark IS NOT NULL),
  array_agg(marked ORDER BY mark) FILTER (WHERE mark IS NOT NULL)
FROM ${source} GROUP BY app_id, capability, at
ON CONFLICT (app_id, capability, at) DO UPDATE SET
  calls = m.calls + EXCLUDED.calls, successes = m.successes + EXCLUDED.successes,
  timeouts = m.timeouts + EXCLUDED.timeouts, ended = m.ended + EXCLUDED.ended,
  ended_attempts = m.ended_attempts + EXCLUDED.ended_attempts,
  (buckets, counts) = ${added('m', 'buckets', 'counts')},
  (marks, mark_counts) = ${added('m', 'marks', 'mark_counts')}`;

const grouped = (app: string, capability: string, at: string, source: string): string => `
  SELECT ${app} AS app_id, ${capability} AS capability, ${at} AS at, bucket, mark, sum(calls)::integer AS calls,
    sum(successes) AS successes, sum(timeouts) AS timeouts, sum(ended) AS ended, sum(ended_attempts) AS ended_attempts,
    sum(marked)::integer AS marked
  FROM ${source} GROUP BY 1, 2, 3, 4, 5`;

// Indexes: those of BOUND. A call with unknown end has no duration, and so no bucket. From the calls, and from the
// deliveries that ended, to minutes of each capability, of each app and of all apps, and to hours of these.
const ROLL_UP = `
WITH ${callsAndMarks('recorded_in >= $1 AND recorded_in < $2')}, minutes AS MATERIALIZED (
  SELECT * FROM pieces
  UNION ALL ${grouped('app_id', "''", 'at', 'pieces')}
  UNION ALL ${grouped("''", "''", 'at', 'pieces')}
), hours AS MATERIALIZED (
  ${grouped('app_id', 'capability', "date_trunc('hour', at, 'UTC')", 'minutes')}
), by_minute AS (${merge('INSERT INTO metric_minutes', 'minutes')}),
  by_hour AS (${merge('INSERT INTO metric_hours', 'hours')})
SELECT COALESCE(sum(calls), 0) AS calls FROM pieces`;

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

  /** Takes some of what was recorded since the last time. @returns how many calls, and whether more is left */
  async rollUpSome(): Promise<{ calls: number; hasMore: boolean }> {
    return this.database.transaction((client) => rollUp(client), {
      statementMs: this.database.bounds.upkeepMs,
    });
  }
}

async function rollUp(client: PoolClient): Promise<{ calls: number; hasMore: boolean }> {
  await client.query(`SET LOCAL work_mem = '64MB'`);
  const { rows } = await client.query<{ cursor: number; horizon: number; foreign_cursor: boolean }>(STATE);
  const state = rows[0]!;
  const cursor = state.foreign_cursor ? await startAnew(client) : state.cursor;
  const next = await boundOf(client, cursor, state.horizon);
  const done = await client.query<{ calls: number }>(ROLL_UP, [cursor, next]);
  await client.query('UPDATE metric_rollup_state SET cursor = $1 WHERE id = 1', [next]);
  return { calls: done.rows[0]!.calls, hasMore: next < state.horizon };
}

async function startAnew(client: PoolClient): Promise<number> {
  for (const text of [...FORGET, RENUMBER, ...FORGET_NUMBERS]) await client.query(text);
  return 0;
}

/** The end of what one transaction takes: past the cursor, at most all that is over. */
async function boundOf(client: PoolClient, cursor: number, horizon: number): Promise<number> {
  const { rows } = await client.query<{ bound: number | null }>(BOUND, [cursor, horizon]);
  const { bound } = rows[0]!;
  return bound === null ? Math.max(cursor, horizon) : Math.max(bound, cursor + 1);
}
