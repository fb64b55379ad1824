import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { EventTypeCounts } from './delivery-statistics.js';

export interface RecentFailure {
  id: string;
  appId: string;
  capability: string;
  /** The capability for a call. */
  eventType: string;
  mode: string;
  status: string;
  attempts: number;
  /** Number of the last attempt it got; null for deliveries of earlier versions. */
  maxAttempts: number | null;
  lastAttemptAt: Date | null;
  lastOutcome: string | null;
  lastErrorClass: string | null;
  lastError: string | null;
  createdAt: Date;
  failedAt: Date;
}

// Indexes: deliveries_app_id_id_idx, or for all apps deliveries_pkey: an id contains its time, by the clock
// of its creator.
const COUNT = `
SELECT COALESCE(event_type, capability) AS "eventType", count(*) AS total, count(*) FILTER (WHERE status = 'completed') AS completed,
  count(*) FILTER (WHERE status = 'fallback') AS fallback,
  count(*) FILTER (WHERE status = 'failed') AS failed, count(*) FILTER (WHERE status = 'dead_letter') AS "deadLetter",
  count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
  sum(attempts)::bigint AS attempts, count(*) FILTER (WHERE attempts > 0) AS attempted
FROM deliveries
WHERE id >= uuid_floor(now() - make_interval(hours => 1, secs => $2::float8 / 1000))
  AND created_at > now() - make_interval(secs => $2::float8 / 1000) AND ($1::text IS NULL OR app_id = $1)
GROUP BY 1 ORDER BY 1`;

// Index: deliveries_failed_idx
const FAILURES_OF = (app: string): string => `
SELECT d.id, d.app_id AS "appId", d.capability, COALESCE(d.event_type, d.capability) AS "eventType", d.mode, d.status,
  d.attempts, d.max_attempts AS "maxAttempts", d.last_attempt_at AS "lastAttemptAt",
  d.last_outcome AS "lastOutcome", d.last_error_class AS "lastErrorClass", d.last_error AS "lastError",
  d.created_at AS "createdAt", d.finished_at AS "failedAt"
FROM deliveries d WHERE d.app_id = ${app} AND d.status IN ('failed', 'dead_letter')
ORDER BY d.finished_at DESC, d.id`;

const FAILURES = `${FAILURES_OF('$2')} LIMIT $1`;
// The latest few of each app, then the latest of these.
const ALL_FAILURES = `
SELECT f.* FROM apps a CROSS JOIN LATERAL (${FAILURES_OF('a.id')} LIMIT $1) f
ORDER BY f."failedAt" DESC, f.id LIMIT $1`;

@Injectable()
export class DeliveryStatisticsStore {
  constructor(private readonly database: Database) {}

  /**
   * Counts deliveries accepted within the last `rangeMs`.
   * @param appId null counts all apps
   * @param as the app whose key is used; null is the platform itself
   */
  async count(appId: string | null, rangeMs: number, as: string | null): Promise<EventTypeCounts[]> {
    return this.database.historyAs<EventTypeCounts>(as, COUNT, [appId, rangeMs]);
  }

  /** The latest that ended without success, newest first. */
  async failures(appId: string | null, limit: number, as: string | null): Promise<RecentFailure[]> {
    return appId === null
      ? this.database.historyAs<RecentFailure>(null, ALL_FAILURES, [limit])
      : this.database.historyAs<RecentFailure>(as, FAILURES, [limit, appId]);
  }
}
