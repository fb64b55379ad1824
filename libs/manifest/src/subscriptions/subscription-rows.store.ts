import { Prisma } from '@breakwater/platform';
import type { SubscriptionRow } from '../registry/endpoint-row.js';
import { upsertEndpoints } from '../registry/endpoint-upsert.store.js';

/** Where subscriptions are changed: in the manifest, by REST, or in the source whose targets they are. */
export type Manager = 'manifest' | 'rest' | { sourceId: string };

/** Writes subscriptions with their endpoints. Triggers increase the version of the directory. */
export async function saveSubscriptions(
  tx: Prisma.TransactionClient,
  appId: string,
  rows: readonly SubscriptionRow[],
  manager: Manager,
): Promise<void> {
  if (rows.length === 0) return;
  const managedBy = typeof manager === 'string' ? manager : 'source';
  const sourceId = typeof manager === 'string' ? null : manager.sourceId;
  await tx.$executeRaw(upsertEndpoints(appId, rows, 'subscription'));
  await tx.$executeRaw`
    INSERT INTO subscriptions AS s (endpoint_id, app_id, name, events, filter, description, managed_by, source_id)
    SELECT r.id, ${appId}, r.name, r.events, NULLIF(r.filter, 'null'), r.description, ${managedBy}, ${sourceId}::uuid
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, name text, events text[], filter jsonb,
      description text)
    ORDER BY r.id
    ON CONFLICT (endpoint_id) DO UPDATE SET
      events = excluded.events, filter = excluded.filter, description = excluded.description, updated_at = now()`;
}

/** Deletes subscriptions. Their endpoints are kept with the status `removed`, because deliveries refer to them. */
export async function removeSubscriptions(
  tx: Prisma.TransactionClient,
  endpointIds: readonly string[],
): Promise<void> {
  if (endpointIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE endpoints SET status = 'removed', disabled_reason = NULL, updated_at = now()
    WHERE id = ANY (${endpointIds}::uuid[])`;
  await tx.$executeRaw`DELETE FROM subscriptions WHERE endpoint_id = ANY (${endpointIds}::uuid[])`;
  await tx.$executeRaw`DELETE FROM signing_secrets WHERE endpoint_id = ANY (${endpointIds}::uuid[])`;
}
