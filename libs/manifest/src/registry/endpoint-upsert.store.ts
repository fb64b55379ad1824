import { Prisma } from '@breakwater/platform';
import type { EndpointRow } from './endpoint-row.js';

/**
 * One statement that updates an app's endpoints to its manifest or to a REST request. A removed endpoint becomes active
 * again. An endpoint that was disabled by a 410 is enabled if its URL is new; one that an admin disabled stays
 * disabled. Uses the unique index (app_id, capability). Rows are locked in the order of ids, as in every batch over
 * endpoints, so that no deadlock occurs.
 */
export function upsertEndpoints(
  appId: string,
  rows: readonly EndpointRow[],
  kind: 'capability' | 'subscription',
): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO endpoints AS e (id, app_id, kind, capability, url, async, timeout_ms, retry, fallback, breaker,
      rate_limit_per_second, concurrency, ordered, headers_sealed, signatures, status, width, updated_at)
    SELECT r.id, ${appId}, ${kind}, r.capability, r.url, r.async, r.timeout_ms, r.retry, r.fallback, r.breaker,
      r.rate_limit_per_second, r.concurrency, r.ordered, r.headers_sealed, r.signatures, 'active', r.concurrency, now()
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, capability text, url text, async boolean,
      timeout_ms int, retry jsonb, fallback jsonb, breaker jsonb, rate_limit_per_second int, concurrency int,
      ordered boolean, headers_sealed text, signatures text[])
    ORDER BY r.id
    ON CONFLICT (app_id, capability) DO UPDATE SET
      url = excluded.url, async = excluded.async, timeout_ms = excluded.timeout_ms, retry = excluded.retry,
      fallback = excluded.fallback, breaker = excluded.breaker,
      rate_limit_per_second = excluded.rate_limit_per_second, concurrency = excluded.concurrency,
      ordered = excluded.ordered, headers_sealed = excluded.headers_sealed, signatures = excluded.signatures, updated_at = now(),
      status = CASE WHEN e.status = 'removed' OR (e.url <> excluded.url AND e.disabled_by IS NULL) THEN 'active'
        ELSE e.status END,
      disabled_reason = CASE WHEN e.status = 'removed' OR (e.url <> excluded.url AND e.disabled_by IS NULL) THEN NULL
        ELSE e.disabled_reason END,
      width = CASE WHEN e.concurrency <> excluded.concurrency THEN excluded.concurrency ELSE e.width END,
      narrowed_at = CASE WHEN e.concurrency <> excluded.concurrency THEN NULL ELSE e.narrowed_at END`;
}

/** Marks the capability endpoints that the manifest no longer names as removed; deliveries still refer to them. */
export function removeOtherEndpoints(appId: string, capabilities: string[]): Prisma.Sql {
  return Prisma.sql`
    UPDATE endpoints SET status = 'removed', disabled_reason = NULL, updated_at = now()
    WHERE app_id = ${appId} AND kind = 'capability' AND status <> 'removed'
      AND NOT (capability = ANY (${capabilities}::text[]))`;
}
