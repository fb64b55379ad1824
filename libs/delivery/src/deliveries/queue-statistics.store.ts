import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** Deliveries by their current state; finished ones of the last 24 h. */
export interface QueueStatistics {
  waiting: number;
  active: number;
  completed: number;
  failed: number;
  delayed: number;
  /** Waiting for an endpoint that is paused or disabled, or whose app is; not in the other numbers. */
  paused: number;
}

// Indexes: deliveries_parked_idx and deliveries_window_idx (pending), deliveries_claimed_idx (active),
// deliveries_pkey or deliveries_app_id_id_idx (finished): an id contains its time, by the clock of its
// creator.
const COUNT = `
WITH held AS (SELECT held_endpoints() AS held),
finished AS (
  SELECT count(*) FILTER (WHERE status = 'completed') AS completed, count(*) FILTER (WHERE status = 'dead_letter') AS failed
  FROM deliveries WHERE id >= uuid_floor(now() - interval '25 hours') AND created_at > now() - interval '24 hours'
    AND mode = 'async' AND ($1::text IS NULL OR app_id = $1))
SELECT
  (SELECT count(*) FROM deliveries WHERE status = 'pending' AND claim_token IS NULL AND next_attempt_at <= now()
     AND endpoint_id <> ALL (ARRAY(SELECT held FROM held)) AND ($1::text IS NULL OR app_id = $1)) AS waiting,
  (SELECT count(*) FROM deliveries WHERE claim_token IS NOT NULL AND ($1::text IS NULL OR app_id = $1)) AS active,
  (SELECT count(*) FROM deliveries WHERE status = 'pending' AND claim_token IS NULL AND next_attempt_at > now()
     AND endpoint_id <> ALL (ARRAY(SELECT held FROM held)) AND ($1::text IS NULL OR app_id = $1)) AS delayed,
  completed, failed,
  (SELECT count(*) FROM deliveries WHERE status = 'pending' AND claim_token IS NULL AND endpoint_id = ANY (ARRAY(SELECT held FROM held))
     AND ($1::text IS NULL OR app_id = $1)) AS paused
FROM finished`;

@Injectable()
export class QueueStatisticsReader {
  constructor(private readonly database: Database) {}

  /**
   * @param appId null counts all apps
   * @param as the app whose key is used; null is the platform itself
   */
  async read(appId: string | null, as: string | null = null): Promise<QueueStatistics> {
    const [row] = await this.database.queryAs<Record<keyof QueueStatistics, number>>(as, COUNT, [appId]);
    return row!;
  }
}
