import type { Column } from '@breakwater/platform';
import { JOIN_BREAKER, freeInWindow } from '../attempt/shared-sql.store.js';
import type { NewEventDelivery } from './event-deliveries.js';

/** The columns that `given` is made of. */
export const EVENT_DELIVERY: Readonly<Record<string, Column<NewEventDelivery>>> = {
  id: ['uuid', (row) => row.id],
  event_id: ['uuid', (row) => row.eventId],
  endpoint_id: ['uuid', (row) => row.endpointId],
  timeout_ms: ['integer', (row) => row.timeoutMs],
  max_attempts: ['integer', (row) => row.maxAttempts],
};

/**
 * Inserts the deliveries in `given` (id, event_id, endpoint_id, timeout_ms, max_attempts, place) of the events in
 * `going`. It skips endpoints whose subscription was deleted or disabled in the meantime. The capacity is found for each
 * delivery, without another join with `given`: PostgreSQL expects few rows there, so such a join would compare each of
 * 1,000 rows with all others.
 * @param further columns of `given` that are inserted, too
 */
export const makeDeliveries = (
  parameters: { enforces: string; maxAgeMs: string },
  further: readonly string[] = [],
): string => `
placed AS (
  SELECT g.*, e.app_id, e.capability, age_clock(e.age_stopped_ms, e.age_stopped_at) AS age_at,
    row_number() OVER (PARTITION BY g.endpoint_id ORDER BY g.place) <= ${freeInWindow(parameters.enforces)} AS enqueue
  FROM given g JOIN endpoints e ON e.id = g.endpoint_id ${JOIN_BREAKER}
  WHERE e.status = 'active' AND e.hold IS DISTINCT FROM 'disabled'
), made AS (
  INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, event_type, event_id, request_id, body,
    content_type, timeout_ms, trace_parent, status, next_attempt_at, expires_at, enqueued_at,
    max_attempts${further.map((column) => `, ${column}`).join('')})
  SELECT p.id, p.app_id, p.endpoint_id, p.capability, 'event', 'async', v.type, v.id, v.request_id, ''::bytea,
    v.content_type, p.timeout_ms, v.trace_parent, 'pending', now(),
    p.age_at + make_interval(secs => ${parameters.maxAgeMs}::float8 / 1000), CASE WHEN p.enqueue THEN now() END,
    p.max_attempts${further.map((column) => `, p.${column}`).join('')}
  FROM placed p JOIN going v ON v.id = p.event_id
  ON CONFLICT (id) DO NOTHING
  RETURNING id, enqueued_at IS NOT NULL AS enqueue
)`;
