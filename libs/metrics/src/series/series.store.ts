import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import { durationsAndMarks } from '../roll-up/durations-and-marks.store.js';
import { wholeHours, type SeriesRange } from './series-range.js';
import type { MarkedPiece } from './series-report.js';

/** Steps from an hour on are read from the hours. */
const HOUR_MS = 3_600_000;

const COLUMNS = `at, calls, successes, timeouts, to_json(buckets) AS buckets, to_json(counts) AS counts,
  to_json(marks) AS marks, to_json(mark_counts) AS "markCounts"`;

// What is not rolled up yet, as pieces of the same form. Index: attempts_recorded_in_idx, deliveries_recorded_in_idx,
// webhook_dead_letter_queue_recorded_in_idx.
const TAIL = durationsAndMarks(
  () =>
    `recorded_in >= (SELECT cursor FROM metric_rollup_state WHERE id = 1) AND ($1::text = '' OR app_id = $1)`,
);
const ofTail = (capability: string, where: string): string => `
SELECT ${capability} at, 0, 0, 0, json_build_array(bucket), json_build_array(calls), NULL, NULL FROM durations WHERE ${where}
UNION ALL
SELECT ${capability} at, calls, successes, timeouts, NULL, NULL, json_build_array(mark), json_build_array(marked)
FROM marks WHERE ${where}`;

// One statement, so one view of the data. Indexes: metric_minutes_pkey or metric_hours_pkey.
const pieces = (table: string): string => `
WITH ${TAIL}
SELECT ${COLUMNS} FROM ${table} WHERE app_id = $1 AND capability = COALESCE($2, '') AND at >= $3 AND at < $4
UNION ALL ${ofTail('', '($2::text IS NULL OR capability = $2) AND at >= $3 AND at < $4')}`;
const PIECES = { minute: pieces('metric_minutes'), hour: pieces('metric_hours') };

// Whole hours, and the minutes before and after them. Indexes: metric_hours_pkey, metric_minutes_pkey.
const BY_CAPABILITY = `
WITH ${TAIL}
SELECT capability, ${COLUMNS} FROM metric_hours
WHERE app_id = $1 AND capability <> '' AND at >= $4 AND at < $5
UNION ALL
SELECT capability, ${COLUMNS} FROM metric_minutes
WHERE app_id = $1 AND capability <> '' AND at >= $2 AND at < $4
UNION ALL
SELECT capability, ${COLUMNS} FROM metric_minutes
WHERE app_id = $1 AND capability <> '' AND at >= $5 AND at < $3
UNION ALL ${ofTail('capability,', 'at >= $2 AND at < $3')}`;

/** Reads for an app, under row-level security, or for the platform (`as` null). */
@Injectable()
export class SeriesStore {
  constructor(private readonly database: Database) {}

  /** @param appId null: all apps. @param capability null: all of the app's */
  async pieces(
    { appId, capability }: { appId: string | null; capability: string | null },
    { from, to, stepMs }: SeriesRange,
    as: string | null,
  ): Promise<MarkedPiece[]> {
    const text = PIECES[stepMs >= HOUR_MS ? 'hour' : 'minute'];
    return this.database.historyAs<MarkedPiece>(as, text, [appId ?? '', capability, from, to]);
  }

  /** Of each capability that was called in a range. */
  async byCapability(
    appId: string,
    range: Pick<SeriesRange, 'from' | 'to'>,
    as: string | null,
  ): Promise<(MarkedPiece & { capability: string })[]> {
    const { first, end } = wholeHours(range);
    const values = [appId, range.from, range.to, first, end];
    return this.database.historyAs<MarkedPiece & { capability: string }>(as, BY_CAPABILITY, values);
  }

  async now(): Promise<Date> {
    const [row] = await this.database.query<{ now: Date }>({ text: 'SELECT now() AS now' });
    return row!.now;
  }
}
