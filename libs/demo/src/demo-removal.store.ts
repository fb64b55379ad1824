import { Injectable } from '@nestjs/common';
import { AllAppsStore } from '@breakwater/metrics';
import { Database, transactionOf } from '@breakwater/platform';

/** What there is of the demo. */
export interface DemoCounts {
  apps: number;
  deliveries: number;
}

export interface DemoPresence extends DemoCounts {
  /** When the history begins; null without a demo. */
  since: Date | null;
}

// Index: deliveries_app_id_id_idx.
const PRESENCE = `
SELECT count(*)::integer AS apps, min(a.created_at) AS since,
  COALESCE(sum((SELECT count(*) FROM deliveries d WHERE d.app_id = a.id)), 0)::integer AS deliveries
FROM apps a WHERE a.demo`;

// The roll-up waits meanwhile: it would count attempts that are gone.
const WAIT = 'SELECT 1 FROM metric_rollup_state WHERE id = 1 FOR UPDATE';
// Index: metric_hours_pkey.
const SINCE = 'SELECT min(at) AS at FROM metric_hours WHERE app_id = ANY($1)';
const TAKE = 'SELECT id FROM apps WHERE demo ORDER BY id FOR UPDATE';

/** In this order: notes are found by their delivery. Breakers, endpoints, sources and secrets go with their app. */
const REMOVE = [
  `DELETE FROM delivery_notes n USING deliveries d WHERE d.app_id = ANY($1) AND n.delivery_id = d.id`,
  `DELETE FROM attempts WHERE app_id = ANY($1)`,
  `DELETE FROM webhook_dead_letter_queue WHERE app_id = ANY($1)`,
  `DELETE FROM idempotency_keys WHERE app_id = ANY($1)`,
  `DELETE FROM captures WHERE app_id = ANY($1)`,
  `DELETE FROM event_keys WHERE scope = ANY($1)`,
  `DELETE FROM events WHERE app_id = ANY($1)`,
  `DELETE FROM bulk_operations WHERE app_id = ANY($1)`,
  `DELETE FROM pending_approvals WHERE app_id = ANY($1)`,
  `DELETE FROM last_answers WHERE app_id = ANY($1)`,
  `DELETE FROM notifications WHERE app_id = ANY($1)`,
  `DELETE FROM failure_notices WHERE app_id = ANY($1)`,
  `DELETE FROM alerts WHERE app_id = ANY($1)`,
  `DELETE FROM alert_rules WHERE app_id = ANY($1)`,
  `DELETE FROM app_health_status WHERE app_id = ANY($1)`,
  `DELETE FROM app_health_days WHERE app_id = ANY($1)`,
  `DELETE FROM metric_minutes WHERE app_id = ANY($1)`,
  `DELETE FROM metric_hours WHERE app_id = ANY($1)`,
  `UPDATE api_keys SET revoked_at = now() WHERE app_id = ANY($1) AND revoked_at IS NULL`,
];
const REMOVE_DELIVERIES = 'DELETE FROM deliveries WHERE app_id = ANY($1)';
const REMOVE_APPS = 'DELETE FROM apps WHERE id = ANY($1)';
// By now the triggers have written that its subscriptions ended.
const REMOVE_VERSIONS = [
  'SET CONSTRAINTS ALL IMMEDIATE',
  'DELETE FROM subscription_versions WHERE app_id = ANY($1)',
];

/** Finds and removes the demo: the apps with the mark, and all that is theirs. */
@Injectable()
export class DemoRemovalStore {
  constructor(
    private readonly database: Database,
    private readonly allApps: AllAppsStore,
  ) {}

  async presence(): Promise<DemoPresence> {
    return (await this.database.query<DemoPresence>({ text: PRESENCE }))[0]!;
  }

  /** In one transaction. @returns what was removed, with the ids of the apps */
  async remove(): Promise<DemoCounts & { appIds: string[] }> {
    return this.database.transaction(
      async (client) => {
        await client.query(WAIT);
        const { rows } = await client.query<{ id: string }>(TAKE);
        const appIds = rows.map(({ id }) => id);
        const since = await client.query<{ at: Date | null }>(SINCE, [appIds]);
        for (const text of REMOVE) await client.query(text, [appIds]);
        const from = since.rows[0]!.at;
        if (from) await this.allApps.recount(transactionOf(client), from);
        const { rowCount } = await client.query(REMOVE_DELIVERIES, [appIds]);
        await client.query(REMOVE_APPS, [appIds]);
        await client.query(REMOVE_VERSIONS[0]!);
        await client.query(REMOVE_VERSIONS[1]!, [appIds]);
        return { appIds, apps: appIds.length, deliveries: rowCount ?? 0 };
      },
      { statementMs: this.database.bounds.upkeepMs },
    );
  }
}
