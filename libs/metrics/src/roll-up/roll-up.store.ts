import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { PoolClient } from 'pg';
import { durationsAndMarks, durationsBy, marksBy } from './durations-and-marks.store.js';

/** Rows of a table that one statement takes, about at most. */
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

/** Two arrays, of names and of how many, with another two added. In no order. @param of alias of their columns */
const added = (of: string, names: string, counts: string): string => `(
    SELECT array_agg(h.name), array_agg(h.count) FROM (
      SELECT e.name, sum(e.count) AS count FROM (
        SELECT * FROM unnest(${of}.${names}, ${of}.${counts})
        UNION ALL SELECT * FROM unnest(EXCLUDED.${names}, EXCLUDED.${counts})) AS e(name, count)
      GROUP BY e.name) AS h)`;

/** Adds rows to those in a table. Each row with durations has marks. @param insert `INSERT INTO` and the table */
const merge = (insert: string, unit: 'minutes' | 'hours'): string => `
${insert} AS m (app_id, capability, at, calls, successes, timeouts, ended, ended_attempts, buckets, counts, marks, mark_counts)
SELECT n.app_id, n.capability, n.at, n.calls, n.successes, n.timeouts, n.ended, n.ended_attempts, d.buckets, d.counts,
  n.marks, n.mark_counts
FROM (
  SELECT app_id, capability, at, sum(calls) AS calls, sum(successes) AS successes, sum(timeouts) AS timeouts,
    sum(ended) AS ended, sum(ended_attempts) AS ended_attempts, array_agg(mark) AS marks, array_agg(marked) AS mark_counts
  FROM marks_${unit} GROUP BY 1, 2, 3) AS n
LEFT JOIN (
  SELECT app_id, capability, at, array_agg(bucket) AS buckets, array_agg(calls) AS counts
  FROM durations_${unit} GROUP BY 1, 2, 3) AS d
  ON d.app_id = n.app_id AND d.capability = n.capability AND d.at = n.at
ON CONFLICT (app_id, capability, at) DO UPDATE SET
  calls = m.calls + EXCLUDED.calls, successes = m.successes + EXCLUDED.successes,
  timeouts = m.timeouts + EXCLUDED.timeouts, ended = m.ended + EXCLUDED.ended,
  ended_attempts = m.ended_attempts + EXCLUDED.ended_attempts,
  (buckets, counts) = ${added('m', 'buckets', 'counts')},
  (marks, mark_counts) = ${added('m', 'marks', 'mark_counts')}`;

/** From rows of capabilities to those of apps and of all apps, each from the one before: it is the smaller one. */
const levels = (of: string, by: (keys: string, source: string) => string): string => {
  const app = `app_id, ''::text AS capability, at`;
  const all = `''::text AS app_id, ''::text AS capability, at`;
  const hour = `app_id, capability, date_trunc('hour', at, 'UTC') AS at`;
  return `
${of}_app_minutes AS MATERIALIZED (${by(app, of)}
), ${of}_minutes AS (
  SELECT * FROM ${of} UNION ALL SELECT * FROM ${of}_app_minutes UNION ALL ${by(all, `${of}_app_minutes`)}
), ${of}_capability_hours AS MATERIALIZED (${by(hour, of)}
), ${of}_app_hours AS MATERIALIZED (${by(app, `${of}_capability_hours`)}
), ${of}_hours AS (
  SELECT * FROM ${of}_capability_hours UNION ALL SELECT * FROM ${of}_app_hours UNION ALL ${by(all, `${of}_app_hours`)}
)`;
};

// Indexes: those of BOUND. From the calls, and from the deliveries that ended, to minutes of each capability, of each
// app and of all apps, and to hours of these.
const rollUpOf = (which: (id: string) => string): string => `
WITH ${durationsAndMarks(which)}, ${levels('durations', durationsBy)}, ${levels('marks', marksBy)},
  by_minute AS (${merge('INSERT INTO metric_minutes', 'minutes')}),
  by_hour AS (${merge('INSERT INTO metric_hours', 'hours')})
SELECT COALESCE(sum(calls), 0) AS calls FROM marks`;
const ROLL_UP = rollUpOf(() => 'recorded_in >= $1 AND recorded_in < $2');

// What one transaction wrote has one number. If that is too much for one statement, several take a part each.
const PARTS_AT_MOST = 256;
const ROLL_UP_PART = rollUpOf((id) => `recorded_in = $1 AND get_byte(uuid_send(${id}), 15) % $3 = $2`);
const PARTS = `
SELECT LEAST(${PARTS_AT_MOST}, 1 + ((SELECT count(*) FROM attempts WHERE recorded_in = $1)
  + (SELECT count(*) FROM deliveries WHERE recorded_in = $1 AND kind = 'invocation')
  + (SELECT count(*) FROM webhook_dead_letter_queue WHERE recorded_in = $1)) / ${AT_ONCE})::integer AS parts`;

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
  const { next, isOneWriter } = await sliceOf(client, cursor, state.horizon);
  const calls = isOneWriter
    ? await takeInParts(client, cursor)
    : await taken(client, ROLL_UP, [cursor, next]);
  await client.query('UPDATE metric_rollup_state SET cursor = $1 WHERE id = 1', [next]);
  return { calls, hasMore: next < state.horizon };
}

/** However much one transaction wrote, each statement takes a bounded part of it. */
async function takeInParts(client: PoolClient, recordedIn: number): Promise<number> {
  const { rows } = await client.query<{ parts: number }>(PARTS, [recordedIn]);
  const { parts } = rows[0]!;
  let calls = 0;
  for (let part = 0; part < parts; part++) {
    calls += await taken(client, ROLL_UP_PART, [recordedIn, part, parts]);
  }
  return calls;
}

async function taken(client: PoolClient, text: string, values: number[]): Promise<number> {
  const { rows } = await client.query<{ calls: number }>(text, values);
  return rows[0]!.calls;
}

async function startAnew(client: PoolClient): Promise<number> {
  for (const text of [...FORGET, RENUMBER, ...FORGET_NUMBERS]) await client.query(text);
  return 0;
}

/** What is taken next: past the cursor, at most all that is over. @returns its end, and whether one writer's rows are too many */
async function sliceOf(
  client: PoolClient,
  cursor: number,
  horizon: number,
): Promise<{ next: number; isOneWriter: boolean }> {
  const { rows } = await client.query<{ bound: number | null }>(BOUND, [cursor, horizon]);
  const { bound } = rows[0]!;
  if (bound === null) return { next: Math.max(cursor, horizon), isOneWriter: false };
  return bound > cursor ? { next: bound, isOneWriter: false } : { next: cursor + 1, isOneWriter: true };
}
