import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** An app and what waits for it now. */
export interface AppNow {
  id: string;
  name: string;
  status: string;
  isPaused: boolean;
  disabledReason: string | null;
  health: string;
  failedChecks: number;
  openBreakers: number;
  deadLetters: number;
  oldestDeadLetterAt: Date | null;
  /** To the minute; null: it was never called, or longer ago than metrics are kept. */
  lastSeenAt: Date | null;
}

/** The calls and ended deliveries of an app within one hour. */
export interface AppHour {
  appId: string;
  at: Date;
  calls: number;
  successes: number;
  marks: string[] | null;
  markCounts: number[] | null;
}

/** The durations of an app's calls. */
export interface AppDurations {
  appId: string;
  buckets: number[] | null;
  counts: number[] | null;
}

// Indexes: webhook_dead_letter_queue_groups_idx without the rows, circuit_breaker_state_pkey, app_health_status_pkey;
// metric_minutes_pkey backwards for the last call. The breakers are those that GET /circuit-breaker/status lists.
const NOW = `
WITH dead AS MATERIALIZED (
  SELECT app_id, count(*) AS count, min(failed_at) AS oldest FROM webhook_dead_letter_queue
  WHERE resolved_at IS NULL AND ($1::text IS NULL OR app_id = $1) GROUP BY app_id
), gates AS MATERIALIZED (
  SELECT b.app_id, count(*) AS count FROM circuit_breaker_state b
  JOIN endpoints e ON e.app_id = b.app_id AND e.capability = b.capability
  WHERE b.state <> 'closed' AND e.kind = 'capability' AND e.status <> 'removed' AND ($1::text IS NULL OR b.app_id = $1)
  GROUP BY b.app_id
)
SELECT a.id, a.name, a.status, a.paused_at IS NOT NULL AS "isPaused", a.disabled_reason AS "disabledReason",
  COALESCE(h.status, 'unknown') AS health, COALESCE(h.consecutive_failures, 0) AS "failedChecks",
  COALESCE(g.count, 0) AS "openBreakers", COALESCE(d.count, 0) AS "deadLetters", d.oldest AS "oldestDeadLetterAt",
  l.at AS "lastSeenAt"
FROM apps a
LEFT JOIN app_health_status h ON h.app_id = a.id AND a.health
LEFT JOIN gates g ON g.app_id = a.id
LEFT JOIN dead d ON d.app_id = a.id
LEFT JOIN LATERAL (
  SELECT m.at FROM metric_minutes m WHERE m.app_id = a.id AND m.capability = '' AND m.calls > 0
  ORDER BY m.at DESC LIMIT 1) l ON true
WHERE $1::text IS NULL OR a.id = $1`;

// The last 24 hours, the current one among them. Index: metric_hours_pkey, one probe for each app.
const SINCE = `date_trunc('hour', now(), 'UTC') - interval '23 hours'`;
const HOURS = `
SELECT m.app_id AS "appId", m.at, m.calls, m.successes, to_json(m.marks) AS marks, to_json(m.mark_counts) AS "markCounts"
FROM apps a CROSS JOIN LATERAL (
  SELECT * FROM metric_hours h WHERE h.app_id = a.id AND h.capability = '' AND h.at >= ${SINCE}) m
WHERE $1::text IS NULL OR a.id = $1`;
const DURATIONS = `
SELECT m.app_id AS "appId", to_json(m.buckets) AS buckets, to_json(m.counts) AS counts
FROM unnest($1::text[]) AS a(id) CROSS JOIN LATERAL (
  SELECT * FROM metric_hours h WHERE h.app_id = a.id AND h.capability = '' AND h.at >= ${SINCE}) m`;

/** @param appId of each method: only this app; null for all */
@Injectable()
export class AppNumbersStore {
  constructor(private readonly database: Database) {}

  async now(appId: string | null): Promise<AppNow[]> {
    return this.database.query<AppNow>({ text: NOW }, [appId]);
  }

  /** Of the last 24 hours. */
  async hours(appId: string | null): Promise<AppHour[]> {
    return this.database.historyAs<AppHour & Record<string, unknown>>(null, HOURS, [appId]);
  }

  /** Of the last 24 hours. */
  async durations(appIds: readonly string[]): Promise<AppDurations[]> {
    return this.database.historyAs<AppDurations & Record<string, unknown>>(null, DURATIONS, [appIds]);
  }

  /** The start of the current hour. */
  async hour(): Promise<Date> {
    const [row] = await this.database.query<{ at: Date }>({
      text: `SELECT date_trunc('hour', now(), 'UTC') AS at`,
    });
    return row!.at;
  }
}
