import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** What is read of the installation in addition to its gauges. */
export interface Readings {
  checkedAt: Date;
  activeApps: number;
  failedNotifications: number;
}

// Index: notifications_created_at_id_idx.
const CIRCUMSTANCES = `
SELECT now() AS "checkedAt",
  (SELECT count(*) FROM apps WHERE status = 'active') AS "activeApps",
  (SELECT count(*) FROM notifications WHERE status = 'failed' AND created_at > now() - interval '24 hours')
    AS "failedNotifications"`;

// Index: alerts_firing_idx.
const FIRING = `
SELECT rule_name AS name, app_id AS "appId", capability, COALESCE(last_value, value_at_firing) AS value, threshold
FROM alerts WHERE status = 'firing' ORDER BY fired_at, id LIMIT 100`;

export interface FiringAlert {
  name: string;
  appId: string | null;
  capability: string | null;
  value: number;
  threshold: number;
}

@Injectable()
export class OverallHealthStore {
  constructor(private readonly database: Database) {}

  async readings(): Promise<Readings> {
    const [row] = await this.database.query<Readings>({ text: CIRCUMSTANCES });
    return row!;
  }

  async firing(): Promise<FiringAlert[]> {
    return this.database.query<FiringAlert>({ text: FIRING });
  }
}
