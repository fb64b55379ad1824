import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

export interface QueueAndAlerts {
  /** When the oldest due delivery became due; null: none is due. Those of paused or disabled endpoints do not count. */
  oldestDueAt: Date | null;
  queueLagSeconds: number;
  firingAlerts: number;
  checkedAt: Date;
}

// Indexes: deliveries_parked_idx and deliveries_window_idx, one probe for each endpoint (a window has few rows);
// alerts_firing_idx.
const READ = `
WITH first AS (
  SELECT min(p.at) AS at FROM endpoints e CROSS JOIN LATERAL (
    (SELECT d.next_attempt_at AS at FROM deliveries d
     WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.enqueued_at IS NULL
     ORDER BY d.next_attempt_at LIMIT 1)
    UNION ALL
    (SELECT min(d.next_attempt_at) FROM deliveries d
     WHERE d.endpoint_id = e.id AND d.enqueued_at IS NOT NULL AND d.claim_token IS NULL)) p
  WHERE e.hold IS NULL AND e.status <> 'removed' AND ($1::text IS NULL OR e.app_id = $1)
)
SELECT CASE WHEN f.at <= now() THEN f.at END AS "oldestDueAt",
  GREATEST(0, COALESCE(extract(epoch FROM now() - f.at), 0))::float8 AS "queueLagSeconds",
  (SELECT count(*) FROM alerts WHERE status = 'firing' AND ($1::text IS NULL OR app_id = $1)) AS "firingAlerts",
  now() AS "checkedAt"
FROM first f`;

@Injectable()
export class OverviewStore {
  constructor(private readonly database: Database) {}

  /** @param appId only this app; null for all */
  async read(appId: string | null): Promise<QueueAndAlerts> {
    const [row] = await this.database.query<QueueAndAlerts & Record<string, unknown>>({ text: READ }, [
      appId,
    ]);
    return row!;
  }
}
