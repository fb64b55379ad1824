import { Injectable } from '@nestjs/common';
import { Database, transactionOf, type Transaction } from '@breakwater/platform';
import type { FailingSubscription } from './failing-subscription.js';

/** Calls that must have failed: a few failures of a subscription that gets few events prove nothing. */
const CALLS_MIN = 10;

// Of what was called within a day without success: the first failed call after the last success, and after the
// subscription was enabled; an hour counts as a whole. Failures more than twice the days ago do not count: an outage may
// have been over since. What is not rolled up yet is searched for a success. Indexes: metric_hours_at_idx for the day,
// endpoints_app_id_capability_key, metric_hours_pkey, attempts_recorded_in_idx.
const FAILING = `
WITH failing_today AS MATERIALIZED (
  SELECT h.app_id, h.capability FROM metric_hours h
  WHERE h.at >= now() - interval '1 day' AND h.calls > 0 AND starts_with(h.capability, 'endpoint:')
  GROUP BY 1, 2 HAVING sum(h.successes) = 0
), failing AS MATERIALIZED (
  SELECT e.id, f.since, f.calls
  FROM failing_today t JOIN endpoints e ON e.app_id = t.app_id AND e.capability = t.capability
  LEFT JOIN LATERAL (
    SELECT h.at FROM metric_hours h
    WHERE h.app_id = e.app_id AND h.capability = e.capability AND h.successes > 0
      AND h.at >= now() - make_interval(days => 2 * $1)
    ORDER BY h.at DESC LIMIT 1) success ON true
  CROSS JOIN LATERAL (
    SELECT min(h.at) AS since, COALESCE(sum(h.calls), 0)::integer AS calls FROM metric_hours h
    WHERE h.app_id = e.app_id AND h.capability = e.capability AND h.calls > 0
      AND h.at > GREATEST(success.at, date_trunc('hour', e.enabled_at, 'UTC'), now() - make_interval(days => 2 * $1))) f
  WHERE e.kind = 'subscription' AND e.status = 'active' AND e.hold IS NULL AND f.calls >= ${CALLS_MIN}
    AND f.since + interval '1 hour' <= now() - make_interval(hours => 12 * $1)
)
SELECT e.id AS "endpointId", e.app_id AS "appId", a.name AS "appName", s.name, e.capability, e.url, f.since, f.calls,
  f.since + interval '1 hour' <= now() - make_interval(days => $1) AS "isOver",
  f.since + interval '1 hour' + make_interval(days => $1) AS "disabledFrom"
FROM failing f JOIN endpoints e ON e.id = f.id JOIN subscriptions s ON s.endpoint_id = e.id JOIN apps a ON a.id = e.app_id
WHERE NOT EXISTS (
  SELECT 1 FROM attempts t
  WHERE t.recorded_in >= (SELECT cursor FROM metric_rollup_state WHERE id = 1)
    AND t.app_id = e.app_id AND t.capability = e.capability AND t.outcome = 'delivered')
ORDER BY e.id`;

@Injectable()
export class FailingSubscriptionsStore {
  constructor(private readonly database: Database) {}

  /** The subscriptions whose calls all failed for half of `days` and longer. */
  async failing(days: number): Promise<FailingSubscription[]> {
    const done = this.database.transaction((client) => client.query<FailingSubscription>(FAILING, [days]), {
      statementMs: this.database.bounds.upkeepMs,
    });
    return (await done).rows;
  }

  /** Stores a notice in a transaction of its own. @returns how many notifications were stored */
  async notify(notify: (transaction: Transaction) => Promise<number>): Promise<number> {
    return this.database.transaction((client) => notify(transactionOf(client)));
  }
}
