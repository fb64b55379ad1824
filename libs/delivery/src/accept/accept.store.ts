import { isUtf8 } from 'node:buffer';
import { Injectable } from '@nestjs/common';
import {
  Config,
  Database,
  DatabaseTimeoutError,
  inTime,
  mayRetryRows,
  MicroBatcher,
  pack,
} from '@breakwater/platform';

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
  /** W3C traceparent of what accepted it. */
  traceParent: string | null;
  /** Attempts it gets by the plan of now. */
  maxAttempts: number;
}

export interface Idempotency {
  key: string;
  /** sha256 hex of what must be the same for the key to mean the same request. */
  digest: string;
}

export type Accepted =
  | { kind: 'accepted'; id: string; enqueue: boolean }
  | { kind: 'replayed'; id: string }
  | { kind: 'conflict' };

// Index: deliveries_window_idx, probed up to an endpoint's window: nobody fights over a counter row. While the breaker
// refuses or the endpoint is held, all is parked. $12 is DELIVERY_MAX_AGE in ms, $13 says whether breakers refuse (row C6).
// $15 is the bodies, packed.
const INSERT = (source: string): string => `
given AS (
  SELECT * FROM unnest($1::uuid[], $2::varchar[], $3::uuid[], $4::varchar[], $5::varchar[], $6::varchar[],
    $7::varchar[], $8::integer[], $9::varchar[], $10::integer[], $11::varchar[], $14::integer[],
    $16::boolean[], $17::integer[]) WITH ORDINALITY
    AS g(id, app_id, endpoint_id, capability, kind, event_type, request_id, body_start, content_type, timeout_ms,
      trace_parent, body_length, body_is_text, max_attempts, place)
), room AS (
  SELECT e.id, age_clock(e.age_stopped_ms, e.age_stopped_at) AS age_at, CASE WHEN e.hold IS NOT NULL THEN 0
    WHEN $13::boolean AND b.state = 'open' AND b.retry_at > now() THEN 0 ELSE
    endpoint_window(e.ordered, e.width) - (
      SELECT count(*) FROM (
        SELECT 1 FROM deliveries w WHERE w.endpoint_id = e.id AND w.enqueued_at IS NOT NULL
        LIMIT endpoint_window(e.ordered, e.width)) AS taken) END AS free
  FROM endpoints e
  LEFT JOIN circuit_breaker_state b ON b.app_id = e.app_id AND b.capability = e.capability
  WHERE e.id IN (SELECT DISTINCT endpoint_id FROM given)
), placed AS (
  SELECT g.*, COALESCE(row_number() OVER (PARTITION BY g.endpoint_id ORDER BY g.place) <= room.free, false) AS enqueue,
    COALESCE(room.age_at, now()) AS age_at
  FROM given g LEFT JOIN room ON room.id = g.endpoint_id
), stored AS (
  INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, event_type, request_id, body, content_type,
    body_is_text, timeout_ms, trace_parent, status, next_attempt_at, expires_at, enqueued_at, max_attempts)
  SELECT id, app_id, endpoint_id, capability, kind, 'async', event_type, request_id,
    substring($15::bytea FROM body_start FOR body_length), content_type, body_is_text, timeout_ms, trace_parent, 'pending',
    now(), age_at + make_interval(secs => $12::float8 / 1000), CASE WHEN enqueue THEN now() END,
    max_attempts
  FROM placed ${source}
)
SELECT id, enqueue FROM placed ${source} ORDER BY place`;

const ACCEPT = `WITH ${INSERT('')}`;

// Index: idempotency_keys_pkey. The insert of the key waits for anyone who holds it, and takes over an expired one.
const ACCEPT_ONCE = `
WITH won AS (
  INSERT INTO idempotency_keys AS k (app_id, key, digest, delivery_id, expires_at)
  VALUES (($2::varchar[])[1], $18, $19, ($1::uuid[])[1], now() + make_interval(secs => $20::float8 / 1000))
  ON CONFLICT (app_id, key) DO UPDATE
    SET digest = EXCLUDED.digest, delivery_id = EXCLUDED.delivery_id, expires_at = EXCLUDED.expires_at
    WHERE k.expires_at <= now()
  RETURNING 1
), ${INSERT('WHERE EXISTS (SELECT 1 FROM won)')}`;

/** Makes accepted deliveries durable; the rows are all there is to an acceptance. */
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
   * Accepts unless the key was used within its time: then the first acceptance answers, or a conflict.
   * @throws DatabaseTimeoutError when it is not known in time whether it was stored; the same key finds out later
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
    if (!first) return this.tryOnce(delivery, idempotency, untilMs); // removed between the two statements
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

  private values(rows: NewDelivery[]): unknown[] {
    const { bytes, starts, lengths } = pack(rows.map((row) => row.body));
    return [
      rows.map((row) => row.id),
      rows.map((row) => row.appId),
      rows.map((row) => row.endpointId),
      rows.map((row) => row.capability),
      rows.map((row) => row.kind),
      rows.map((row) => row.eventType),
      rows.map((row) => row.requestId),
      starts,
      rows.map((row) => row.contentType),
      rows.map((row) => row.timeoutMs),
      rows.map((row) => row.traceParent),
      this.config.delivery.maxAgeMs,
      this.config.circuitBreaker.mode === 'enforce',
      lengths,
      bytes,
      rows.map((row) => isText(row.body)),
      rows.map((row) => row.maxAttempts),
    ];
  }
}

function tooLate(limitMs: number): Error {
  return new DatabaseTimeoutError('storing the delivery', limitMs);
}

/** PostgreSQL's text is UTF-8 and holds no NUL. */
function isText(body: Buffer): boolean {
  return isUtf8(body) && !body.includes(0);
}
