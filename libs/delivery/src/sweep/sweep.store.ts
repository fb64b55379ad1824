import { Injectable } from '@nestjs/common';
import { Config, Database, type WakeUp } from '@breakwater/platform';
import type pg from 'pg';
import { insertDeadLetters } from '../attempt/shared-sql.store.js';
import { PROMOTE } from '../attempt/window.store.js';
import type { DeadReason } from '../retry/decide.js';

/** An attempt whose end is unknown. Times are the database's. */
export interface Interrupted {
  deliveryId: string;
  appId: string;
  capability: string;
  eventType: string;
  requestId: string;
  attempt: number;
  maxAttempts: number | null;
  acceptedAt: Date;
  startedAt: Date;
  now: Date;
}

export interface Swept {
  /** Attempts whose lease expired. */
  interrupted: Interrupted[];
  /** Deliveries to wake. */
  promoted: string[];
  /** Wake-ups that repeat earlier ones, which count as lost. */
  repeated: WakeUp[];
  /** Deliveries that ended because their breaker stayed open too long. */
  buried: number;
  /** Deliveries that ended because their endpoint stayed disabled too long. */
  disabled: number;
  /** Deliveries that ended because their app was deleted. */
  orphans: number;
}

/**
 * PostgreSQL ends a sweeping session after this time without a statement, ms, so that a stalled sweeper does
 * not block all others.
 */
const STALLED_AFTER_MS = 5_000;
/** A sweep of many rows may take longer than an ordinary statement, ms. */
const STATEMENT_MS = 30_000;
const AT_ONCE = 500;
/** Deliveries of a disabled endpoint read in one sweep, from the oldest on. */
const OLDEST = 1_000;
/** Endpoints of one app, refused because of its share of a worker, that are promoted in one sweep. */
const REFUSED_AT_ONCE = 20;
/** A wake-up that led to no claim within this time counts as lost, ms. */
const LOST_AFTER_MS = 15_000;

// Index: deliveries_claimed_idx.
const EXPIRE = `
WITH lost AS (
  SELECT id, claimed_at FROM deliveries WHERE claim_token IS NOT NULL AND claimed_until < clock_timestamp()
  ORDER BY claimed_until LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED
), freed AS (
  UPDATE deliveries d SET attempts = d.attempts + 1, claim_token = NULL, claimed_until = NULL, claimed_at = NULL,
    enqueued_at = NULL, next_attempt_at = now(), last_outcome = 'unknown', last_error_class = 'network',
    last_error = 'its lease expired: its worker died or was stopped', wait_reason = 'retry',
    last_attempt_at = lost.claimed_at, max_attempts = d.max_attempts + 1 -- It did not count against the budget.
  FROM lost WHERE d.id = lost.id
  RETURNING d.*, lost.claimed_at AS started_at
), written AS (
  INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome,
    error_class, error, next, next_at)
  -- Its end is unknown, so it has no duration.
  SELECT id, attempts, app_id, endpoint_id, capability, started_at, NULL, 'unknown', 'network', last_error, 'again',
    next_attempt_at
  FROM freed
)
SELECT id AS "deliveryId", app_id AS "appId", capability, COALESCE(event_type, capability) AS "eventType",
  request_id AS "requestId", attempts AS attempt, max_attempts AS "maxAttempts", created_at AS "acceptedAt",
  started_at AS "startedAt", clock_timestamp() AS now
FROM freed`;

// Index: deliveries_window_idx, one probe for each endpoint: the cost does not grow with the backlog. The
// wake-ups have keys, so that a long queue does not get the same delivery again and again. Three keys
// alternate, so that no two consecutive repetitions share one: the worker of the last may have died, and the
// queue accepts no second wake-up with a key until it has noticed that.
const REPEAT = `
UPDATE deliveries d SET enqueued_at = now()
FROM (
  SELECT s.id FROM endpoints e CROSS JOIN LATERAL (
    SELECT w.id FROM deliveries w
    WHERE w.endpoint_id = e.id AND w.enqueued_at < now() - interval '${LOST_AFTER_MS} milliseconds'
      AND w.claim_token IS NULL AND w.next_attempt_at <= now() - interval '1 second'
    ORDER BY w.enqueued_at LIMIT 100 FOR UPDATE SKIP LOCKED) s
  LIMIT ${AT_ONCE}
) lost
WHERE d.id = lost.id
RETURNING d.id AS "deliveryId",
  'sweep_' || d.id || '_' || floor(extract(epoch FROM now()) * 1000 / ${LOST_AFTER_MS})::bigint % 3 AS key`;

// Index: deliveries_parked_idx, one probe for each endpoint. A worker continues by itself with the endpoints
// that it refused because of their app's share. This promotes only a few of them, for workers that refused
// none: a larger number would be refused again and again.
const WAITING_ENDPOINTS = `
SELECT w.id FROM (
  SELECT e.id, p.is_refused,
    row_number() OVER (PARTITION BY e.app_id, p.is_refused ORDER BY p.next_attempt_at, e.id) AS place
  FROM endpoints e CROSS JOIN LATERAL (
    SELECT p.next_attempt_at, p.wait_reason IS NOT DISTINCT FROM 'app_share' AS is_refused FROM deliveries p
    WHERE p.endpoint_id = e.id AND p.status = 'pending' AND p.enqueued_at IS NULL AND p.next_attempt_at <= now()
    ORDER BY p.next_attempt_at LIMIT 1) p
  WHERE e.hold IS NULL
) w
WHERE NOT w.is_refused OR w.place <= ${REFUSED_AT_ONCE}`;

/** Makes dead letters of the deliveries that `which` selects. */
const bury = (which: string, category: string, reason: DeadReason, error: string): string => `
WITH ${which}, buried AS (
  UPDATE deliveries d SET status = 'dead_letter', finished_at = now(), next_attempt_at = NULL, enqueued_at = NULL,
    wait_reason = NULL, last_error = ${error}
  FROM picked WHERE d.id = picked.id RETURNING d.*
), dead_lettered AS (${insertDeadLetters(`
    app_id, capability, body, last_error, attempts, id, endpoint_id, event_type, event_id, '${category}', '${reason}',
    last_error_class
  FROM buried`)}
)
SELECT id FROM buried`;

// Index: deliveries_pending_idx. The backlog of a breaker that stays open too long.
const BURY_EXPIRED = bury(
  `picked AS (
  SELECT d.id FROM circuit_breaker_state b
  JOIN endpoints e ON e.app_id = b.app_id AND e.capability = b.capability
  JOIN deliveries d ON d.endpoint_id = e.id AND d.status = 'pending'
  WHERE b.state <> 'closed' AND e.hold IS NULL AND d.claim_token IS NULL
    AND d.expires_at <= age_clock(e.age_stopped_ms, e.age_stopped_at)
  LIMIT ${AT_ONCE} FOR UPDATE OF d SKIP LOCKED
)`,
  'RETRYABLE',
  'circuit_open',
  `COALESCE(d.last_error, 'its circuit breaker stayed open for too long')`,
);

// Index: deliveries_pending_idx. The oldest deliveries of an endpoint that is disabled, or whose app is;
// while it is paused as well, they do not age. Only the oldest of each endpoint are read, so the cost does
// not depend on the size of a backlog.
const BURY_DISABLED = bury(
  `picked AS (
  SELECT d.id, CASE WHEN e.status = 'disabled' THEN format('its endpoint stayed disabled for too long: %s',
      COALESCE(e.disabled_reason, 'no reason was given'))
    ELSE format('app "%s" stayed disabled for too long', e.app_id) END AS error
  FROM endpoints e CROSS JOIN LATERAL (
    SELECT o.id FROM deliveries o WHERE o.endpoint_id = e.id AND o.status = 'pending' ORDER BY o.id LIMIT ${OLDEST}) oldest
  JOIN deliveries d ON d.id = oldest.id
  WHERE e.hold = 'disabled' AND e.age_stopped_at IS NULL AND d.claim_token IS NULL
    AND d.expires_at <= age_clock(e.age_stopped_ms, e.age_stopped_at)
  LIMIT ${AT_ONCE} FOR UPDATE OF d SKIP LOCKED
)`,
  'RETRYABLE',
  'endpoint_disabled',
  'picked.error',
);

// Index: deliveries_pending_idx, one probe for each endpoint with pending deliveries. A delivery without its
// endpoint's row can be neither claimed nor promoted: it was accepted while its app was deleted, or
// redelivered after that.
const BURY_ORPHANS = bury(
  `RECURSIVE waiting AS (
  (SELECT endpoint_id FROM deliveries WHERE status = 'pending' ORDER BY endpoint_id LIMIT 1)
  UNION ALL
  SELECT (SELECT d.endpoint_id FROM deliveries d WHERE d.status = 'pending' AND d.endpoint_id > w.endpoint_id
          ORDER BY d.endpoint_id LIMIT 1)
  FROM waiting w WHERE w.endpoint_id IS NOT NULL
), picked AS (
  SELECT d.id FROM waiting w JOIN deliveries d ON d.endpoint_id = w.endpoint_id AND d.status = 'pending'
  WHERE NOT EXISTS (SELECT 1 FROM endpoints e WHERE e.id = w.endpoint_id) AND d.claim_token IS NULL
  LIMIT ${AT_ONCE} FOR UPDATE OF d SKIP LOCKED
)`,
  'NON_RETRYABLE',
  'non_retryable',
  `'its app was deleted'`,
);

@Injectable()
export class SweepStore {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** One sweep; null when another process is sweeping. */
  async sweep(): Promise<Swept | null> {
    const gated = this.config.circuitBreaker.mode === 'enforce';
    return this.database.withLock('sweep', (client) => sweepWith(client, gated), {
      stalledAfterMs: STALLED_AFTER_MS,
      statementMs: Math.max(STATEMENT_MS, this.database.bounds.statementMs),
    });
  }
}

/** @param gated whether circuit breakers refuse calls */
async function sweepWith(client: pg.PoolClient, gated: boolean): Promise<Swept> {
  const ids = async (text: string, values: unknown[] = []): Promise<string[]> =>
    (await client.query<{ id: string }>(text, values)).rows.map(({ id }) => id);
  const interrupted = (await client.query<Interrupted>(EXPIRE)).rows;
  const buried = gated ? await ids(BURY_EXPIRED) : [];
  const disabled = (await ids(BURY_DISABLED)).length;
  const orphans = await ids(BURY_ORPHANS);
  const repeated = (await client.query<{ deliveryId: string; key: string }>(REPEAT)).rows;
  const waiting = await ids(WAITING_ENDPOINTS);
  const promoted = waiting.length > 0 ? await ids(PROMOTE, [waiting, gated]) : [];
  return { interrupted, promoted, repeated, buried: buried.length, disabled, orphans: orphans.length };
}
