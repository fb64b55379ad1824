import { Injectable } from '@nestjs/common';
import { clientOf, type Transaction } from '@breakwater/platform';

/** Arrays of names and counts of several rows as one row for each time. */
const merged = (table: string, names: string, counts: string): string => `
  SELECT at, array_agg(name ORDER BY name) AS names, array_agg(count ORDER BY name) AS counts FROM (
    SELECT r.at, h.name, sum(h.count) AS count FROM rows r, unnest(r.${names}, r.${counts}) AS h(name, count)
    GROUP BY 1, 2) AS ${table} GROUP BY 1`;

// Index: metric_minutes_at_idx or metric_hours_at_idx.
const again = (insert: string, table: string): string => `
WITH rows AS MATERIALIZED (
  SELECT * FROM ${table} WHERE at >= $1 AND app_id <> '' AND capability = ''
), durations AS (${merged('d', 'buckets', 'counts')}
), marks AS (${merged('m', 'marks', 'mark_counts')}
)
${insert} (app_id, capability, at, calls, successes, timeouts, ended, ended_attempts, buckets, counts, marks, mark_counts)
SELECT '', '', r.at, sum(r.calls), sum(r.successes), sum(r.timeouts), sum(r.ended), sum(r.ended_attempts),
  d.names, d.counts, m.names, m.counts
FROM rows r LEFT JOIN durations d ON d.at = r.at LEFT JOIN marks m ON m.at = r.at
GROUP BY r.at, d.names, d.counts, m.names, m.counts`;

const RECOUNT = [
  `DELETE FROM metric_minutes WHERE app_id = '' AND at >= $1`,
  again('INSERT INTO metric_minutes', 'metric_minutes'),
  `DELETE FROM metric_hours WHERE app_id = '' AND at >= $1`,
  again('INSERT INTO metric_hours', 'metric_hours'),
];

/** The rows of all apps together. */
@Injectable()
export class AllAppsStore {
  /**
   * Counts them again from those of the apps, after rows of apps were removed. The transaction keeps the roll-up from
   * writing meanwhile.
   * @param from start of an hour
   */
  async recount(transaction: Transaction, from: Date): Promise<void> {
    for (const text of RECOUNT) await clientOf(transaction).query(text, [from]);
  }
}
