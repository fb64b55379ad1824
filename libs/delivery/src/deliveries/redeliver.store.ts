import { Injectable } from '@nestjs/common';
import type { Obstacles } from './redeliver-warnings.js';
import { clientOf, Config, Database, type Transaction } from '@breakwater/platform';

export interface Redelivered {
  id: string;
  endpointId: string;
}

/** An endpoint that is disabled or removed, or whose app is disabled or deleted. */
export interface ClosedEndpoint {
  appId: string;
  appStatus: string;
  capability: string;
  kind: string;
  /** Name of its subscription; null: it belongs to a capability, or its subscription was deleted. */
  subscription: string | null;
  status: string;
  /** Why it was disabled. */
  reason: string;
}

/** The endpoint of a deleted app. */
const DELETED: ClosedEndpoint = {
  appId: '',
  appStatus: 'deleted',
  capability: '',
  kind: 'capability',
  subscription: null,
  status: 'removed',
  reason: '',
};

const REDELIVERABLE = `d.mode = 'async' AND d.status IN ('completed', 'dead_letter', 'cancelled')`;

// Index: deliveries_pkey. The webhook-id stays, and attempts keep counting; budget, claims and age start from
// zero. A delivery whose endpoint is disabled or gone is left out: it would wait for nothing, or fail at
// once.
const REDELIVER = `
WITH gated AS (
  SELECT d.id, gate.age_at FROM deliveries d CROSS JOIN LATERAL endpoint_gate(d.endpoint_id) gate
  WHERE d.id = ANY ($1::uuid[]) AND gate.takes_deliveries
), again AS (
  UPDATE deliveries d SET status = 'pending', finished_at = NULL, next_attempt_at = now(), enqueued_at = NULL,
    attempts_counted = 0, claims = 0, redeliveries = d.redeliveries + 1, wait_reason = 'redelivered',
    expires_at = gated.age_at + make_interval(secs => $3::float8 / 1000)
  FROM gated WHERE d.id = gated.id AND ${REDELIVERABLE}
  RETURNING d.id, d.endpoint_id
), letters AS (
  UPDATE webhook_dead_letter_queue q SET requeued_at = now() FROM again WHERE q.delivery_id = again.id
), notes AS (
  INSERT INTO delivery_notes (delivery_id, kind, actor) SELECT id, 'redelivered', $2::text FROM again
)
SELECT id, endpoint_id AS "endpointId" FROM again`;

const CANCEL = `
WITH cancelled AS (
  UPDATE deliveries d SET status = 'cancelled', finished_at = now(), next_attempt_at = NULL, enqueued_at = NULL,
    wait_reason = NULL
  WHERE d.id = ANY ($1::uuid[]) AND d.status = 'pending' AND d.claim_token IS NULL
  RETURNING d.id, d.endpoint_id
), notes AS (
  INSERT INTO delivery_notes (delivery_id, kind, actor) SELECT id, 'cancelled', $2::text FROM cancelled
)
SELECT id, endpoint_id AS "endpointId" FROM cancelled`;

// Index: deliveries_pkey. A new delivery with its own webhook-id; the original is not changed.
const SEND_EDITED = `
WITH made AS (
  INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, event_type, request_id, body, body_is_text,
    content_type, timeout_ms, trace_parent, status, next_attempt_at, expires_at, max_attempts, edited_from)
  SELECT $2, d.app_id, d.endpoint_id, d.capability, d.kind, 'async', d.event_type, d.request_id, $3::bytea, true,
    'application/json', d.timeout_ms, d.trace_parent, 'pending', now(),
    gate.age_at + make_interval(secs => $5::float8 / 1000), d.max_attempts, d.id
  FROM deliveries d CROSS JOIN LATERAL endpoint_gate(d.endpoint_id) gate
  WHERE d.id = $1 AND d.mode = 'async' AND gate.takes_deliveries
  RETURNING id, endpoint_id
), notes AS (
  INSERT INTO delivery_notes (delivery_id, kind, actor, detail)
  SELECT $1, 'redelivered', $4::text, jsonb_build_object('editedAs', id) FROM made
)
SELECT endpoint_id AS "endpointId" FROM made`;

// Indexes: endpoints_pkey, circuit_breaker_state_pkey. $2: whether breakers refuse calls.
const OBSTACLES = `
SELECT e.app_id AS "appId", e.capability, e.hold, CASE WHEN $2::boolean THEN COALESCE(b.state, 'closed') ELSE 'closed' END AS breaker,
  b.forced_at IS NOT NULL AS forced, CASE WHEN b.forced_at IS NULL THEN b.retry_at END AS "retryAt"
FROM endpoints e LEFT JOIN circuit_breaker_state b ON b.app_id = e.app_id AND b.capability = e.capability
WHERE e.id = $1`;

@Injectable()
export class RedeliverStore {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /**
   * Makes finished deliveries due again. Those that are unfinished or sync, or whose endpoint is disabled or
   * gone, are not changed and not returned.
   * @param appId the app whose people ask; null is the platform itself
   */
  async redeliver(ids: string[], actor: string, appId: string | null = null): Promise<Redelivered[]> {
    const values = [ids, actor, this.config.delivery.maxAgeMs];
    return this.database.queryAs<Redelivered>(appId, REDELIVER, values);
  }

  /**
   * Makes a new delivery of another payload to the same endpoint.
   * @returns its endpoint; null: nothing can be sent to it, and nothing was made
   */
  async sendEdited(
    originalId: string,
    { id, actor, payload }: { id: string; actor: string; payload: Buffer },
  ): Promise<string | null> {
    const values = [originalId, id, payload, actor, this.config.delivery.maxAgeMs];
    const [row] = await this.database.query<{ endpointId: string }>({ text: SEND_EDITED }, values);
    return row?.endpointId ?? null;
  }

  /** What delays calls of an endpoint now; null: it is gone. */
  async obstacles(endpointId: string): Promise<Obstacles | null> {
    const enforces = this.config.circuitBreaker.mode === 'enforce';
    const [row] = await this.database.query<Obstacles>({ text: OBSTACLES }, [endpointId, enforces]);
    return row ?? null;
  }

  /** @returns how many of them `redeliver` would make due again now */
  async countRedeliverable(ids: string[]): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      {
        text: `SELECT count(*) FROM deliveries d CROSS JOIN LATERAL endpoint_gate(d.endpoint_id) gate
               WHERE d.id = ANY ($1::uuid[]) AND gate.takes_deliveries AND ${REDELIVERABLE}`,
      },
      [ids],
    );
    return row!.count;
  }

  /** Why nothing more can be sent to this endpoint; null where it can. */
  async closedEndpoint(endpointId: string): Promise<ClosedEndpoint | null> {
    const [row] = await this.database.query<ClosedEndpoint & { takesDeliveries: boolean }>(
      {
        text: `SELECT e.app_id AS "appId", a.status AS "appStatus", e.capability, e.kind, s.name AS subscription, e.status,
                 COALESCE(CASE WHEN a.status = 'active' THEN e.disabled_reason ELSE a.disabled_reason END, '') AS reason,
                 gate.takes_deliveries AS "takesDeliveries"
               FROM endpoints e JOIN apps a ON a.id = e.app_id LEFT JOIN subscriptions s ON s.endpoint_id = e.id
                 CROSS JOIN LATERAL endpoint_gate(e.id) gate
               WHERE e.id = $1::uuid`,
      },
      [endpointId],
    );
    if (!row) return DELETED;
    const { takesDeliveries, ...closed } = row;
    return takesDeliveries ? null : closed;
  }

  /** @returns false when the delivery is finished or its call is in progress */
  async cancel(id: string, actor: string, appId: string | null = null): Promise<boolean> {
    return (await this.database.queryAs(appId, CANCEL, [[id], actor])).length === 1;
  }

  /** The same as `redeliver`, in the transaction of another store. */
  async redeliverIn(transaction: Transaction, ids: string[], actor: string): Promise<Redelivered[]> {
    const values = [ids, actor, this.config.delivery.maxAgeMs];
    return (await clientOf(transaction).query<Redelivered>(REDELIVER, values)).rows;
  }

  /** Cancels those that wait, in the transaction of another store. @returns the cancelled ones */
  async cancelIn(transaction: Transaction, ids: string[], actor: string): Promise<Redelivered[]> {
    return (await clientOf(transaction).query<Redelivered>(CANCEL, [ids, actor])).rows;
  }
}
