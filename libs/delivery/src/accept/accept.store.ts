import { isUtf8 } from 'node:buffer';
import { Injectable } from '@nestjs/common';
import {
  Columns,
  Config,
  Database,
  DatabaseTimeoutError,
  inTime,
  mayRetryRows,
  MicroBatcher,
  pack,
} from '@breakwater/platform';
import { freeInWindows } from '../attempt/shared-sql.store.js';

export interface NewDelivery {
  id: string;
  appId: string;
  endpointId: string;
  capability: string;
  kind: 'invocation' | 'event';
  eventType: string | null;
  requestId: string;
  body: Buffer;
  contentType: string;
  /** Deadline of the first attempt, ms. */
  timeoutMs: number;
  /** W3C traceparent of the request that was accepted. */
  traceParent: string | null;
  /** Attempts it gets by the current retry plan. */
  maxAttempts: number;
}

export interface Idempotency {
  key: string;
  /** sha256 hex of the parts that must be equal for the key to mean the same request. */
  digest: string;
}

export type Accepted =
  | { kind: 'accepted'; id: string; enqueue: boolean }
  | { kind: 'replayed'; id: string }
  | { kind: 'conflict' };

/** A delivery with the position of its body in the batch's bytes. */
interface Row extends NewDelivery {
  bodyStart: number | null;
  bodyLength: number | null;
}

const ROWS = new Columns<Row>({
  id: ['uuid', (row) => row.id],
  app_id: ['varchar', (row) => row.appId],
  endpoint_id: ['uuid', (row) => row.endpointId],
  capability: ['varchar', (row) => row.capability],
  kind: ['varchar', (row) => row.kind],
  event_type: ['varchar', (row) => row.eventType],
  request_id: ['varchar', (row) => row.requestId],
  body_start: ['integer', (row) => row.bodyStart],
  body_length: ['integer', (row) => row.bodyLength],
  body_is_text: ['boolean', (row) => isText(row.body)],
  content_type: ['varchar', (row) => row.contentType],
  timeout_ms: ['integer', (row) => row.timeoutMs],
  trace_parent: ['varchar', (row) => row.traceParent],
  max_attempts: ['integer', (row) => row.maxAttempts],
});
/**
 * The bodies, packed; DELIVERY_MAX_AGE, ms; whether breakers refuse. Then, for a delivery with a key: the
 * key, its digest and its lifetime, ms.
 */
const [BODIES, MAX_AGE_MS, ENFORCES, KEY, DIGEST, KEY_TTL_MS] = ROWS.further(6);

// Index: deliveries_window_idx, counted up to an endpoint's window: there is no counter row to contend for.
// While the breaker refuses or the endpoint is on hold, all deliveries are parked.
const INSERT = (source: string): string => `
given AS (
  SELECT * FROM unnest(${ROWS.arrays}) WITH ORDINALITY AS g(${ROWS.names}, place)
), ${freeInWindows(ENFORCES!)}, placed AS (
  SELECT g.*, COALESCE(row_number() OVER (PARTITION BY g.endpoint_id ORDER BY g.place) <= capacity.free, false) AS enqueue,
    COALESCE(capacity.age_at, now()) AS age_at
  FROM given g LEFT JOIN capacity ON capacity.id = g.endpoint_id
), stored AS (
  INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, event_type, request_id, body, content_type,
    body_is_text, timeout_ms, trace_parent, status, next_attempt_at, expires_at, enqueued_at, max_attempts)
  SELECT id, app_id, endpoint_id, capability, kind, 'async', event_type, request_id,
    substring(${BODIES}::bytea FROM body_start FOR body_length), content_type, body_is_text, timeout_ms, trace_parent, 'pending',
    now(), age_at + make_interval(secs => ${MAX_AGE_MS}::float8 / 1000), CASE WHEN enqueue THEN now() END,
    max_attempts
  FROM placed ${source}
)
SELECT id, enqueue FROM placed ${source} ORDER BY place`;

const ACCEPT = `WITH ${INSERT('')}`;

// Index: idempotency_keys_pkey. The insert of the key waits for any transaction that holds it, and takes over
// an expired key.
const ACCEPT_ONCE = `
WITH won AS (
  INSERT INTO idempotency_keys AS k (app_id, key, digest, delivery_id, expires_at)
  VALUES ((${ROWS.array('app_id')})[1], ${KEY}, ${DIGEST}, (${ROWS.array('id')})[1],
    now() + make_interval(secs => ${KEY_TTL_MS}::float8 / 1000))
  ON CONFLICT (app_id, key) DO UPDATE
    SET digest = EXCLUDED.digest, delivery_id = EXCLUDED.delivery_id, expires_at = EXCLUDED.expires_at
    WHERE k.expires_at <= now()
  RETURNING 1
), ${INSERT('WHERE EXISTS (SELECT 1 FROM won)')}`;

/** Makes accepted deliveries durable: an acceptance is complete when its rows are committed. */
@Injectable()
export class AcceptStore {
  private readonly batcher: MicroBatcher<NewDelivery, Accepted>;

  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {
    const limits = {
      maxRows: config.batching.maxRows,
      maxInFlight: 2,
      withinMs: config.delivery.acceptTimeoutMs,
    };
    this.batcher = new MicroBatcher((rows) => this.insert(rows), limits, { mayRetryRows, tooLate });
  }

  /** @throws DatabaseTimeoutError when it is not known in time whether it was stored */
  async accept(delivery: NewDelivery): Promise<Accepted> {
    return this.batcher.add(delivery);
  }

  /**
   * Accepts unless the key is in use: then the result is the first acceptance, or a conflict.
   * @throws DatabaseTimeoutError when it is not known in time whether it was stored; a retry with the same
   * key finds out later
   */
  async acceptOnce(delivery: NewDelivery, idempotency: Idempotency): Promise<Accepted> {
    const withinMs = this.config.delivery.acceptTimeoutMs;
    const accepting = this.tryOnce(delivery, idempotency, performance.now() + withinMs);
    return inTime(accepting, withinMs, () => tooLate(withinMs));
  }

  private async tryOnce(delivery: NewDelivery, idempotency: Idempotency, untilMs: number): Promise<Accepted> {
    const { key, digest } = idempotency;
    const withinMs = untilMs - performance.now();
    const [row] = await this.database.query<{ id: string; enqueue: boolean }>(
      { name: 'accept_once', text: ACCEPT_ONCE },
      [...this.values([delivery]), key, digest, this.config.delivery.idempotencyTtlMs],
      { withinMs },
    );
    if (row) return { kind: 'accepted', ...row };
    const [first] = await this.database.query<{ digest: string; delivery_id: string }>(
      { text: 'SELECT digest, delivery_id FROM idempotency_keys WHERE app_id = $1 AND key = $2' },
      [delivery.appId, key],
      { withinMs: untilMs - performance.now() },
    );
    if (!first) return this.tryOnce(delivery, idempotency, untilMs); // The key was removed between the two statements.
    return first.digest === digest ? { kind: 'replayed', id: first.delivery_id } : { kind: 'conflict' };
  }

  private async insert(rows: NewDelivery[]): Promise<Accepted[]> {
    const stored = await this.database.query<{ id: string; enqueue: boolean }>(
      { name: 'accept', text: ACCEPT },
      this.values(rows),
      { withinMs: this.config.delivery.acceptTimeoutMs },
    );
    return stored.map((row) => ({ kind: 'accepted', ...row }));
  }

  private values(deliveries: NewDelivery[]): unknown[] {
    const { bytes, starts, lengths } = pack(deliveries.map((delivery) => delivery.body));
    const rows = deliveries.map((delivery, index) => ({
      ...delivery,
      bodyStart: starts[index] ?? null,
      bodyLength: lengths[index] ?? null,
    }));
    const { delivery, circuitBreaker } = this.config;
    return [...ROWS.values(rows), bytes, delivery.maxAgeMs, circuitBreaker.mode === 'enforce'];
  }
}

function tooLate(limitMs: number): Error {
  return new DatabaseTimeoutError('storing the delivery', limitMs);
}

/** PostgreSQL's text is UTF-8 without NUL characters. */
function isText(body: Buffer): boolean {
  return isUtf8(body) && !body.includes(0);
}
