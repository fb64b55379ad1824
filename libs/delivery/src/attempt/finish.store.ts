import { Injectable } from '@nestjs/common';
import type { Timings } from '@breakwater/webhook-client';
import { timingsText } from './timings-text.js';
import { Columns, Config, Database, mayRetryRows, MicroBatcher, pack, storable } from '@breakwater/platform';
import { insertDeadLetters } from './shared-sql.store.js';

/** Characters of an error that are kept. */
const ERROR_MAX = 2_000;

/** How a claim ends. */
export interface Finish {
  deliveryId: string;
  token: string;
  endpointId: string;
  /** Absent when no call was made: then no attempt is written. */
  attempt: {
    counted: boolean;
    outcome: string;
    errorClass: string | null;
    httpStatus: number | null;
    error: string | null;
    durationMs: number;
    responseHeaders: Record<string, string> | null;
    responseBody: Buffer | null;
    truncated: boolean;
    /** With secrets masked. */
    requestHeaders: Readonly<Record<string, string>> | null;
    /** How long its parts took; absent where nothing is known. */
    timings?: Timings | null;
  } | null;
  status: 'pending' | 'completed' | 'dead_letter';
  next: 'done' | 'retry' | 'again' | 'dead';
  /** Until the next attempt, ms; only of a pending delivery. */
  delayMs: number | null;
  dead: { reason: string; category: string; error: string } | null;
  /** Deadline of the next attempt, ms. */
  timeoutMs: number;
  /** Number of the last attempt it gets; null when no retry plan was read. */
  maxAttempts: number | null;
}

export interface Postponement {
  deliveryId: string;
  token: string;
  delayMs: number;
  reason: 'circuit_open' | 'endpoint_slot' | 'retry';
  timeoutMs: number;
}

/** The end of a claim, with the position of its response in the batch's bytes. */
interface Row extends Finish {
  responseStart: number | null;
  responseLength: number | null;
}

const ENDS = new Columns<Row>({
  id: ['uuid', (row) => row.deliveryId],
  token: ['uuid', (row) => row.token],
  attempted: ['boolean', (row) => row.attempt !== null],
  counted: ['boolean', (row) => row.attempt?.counted ?? false],
  outcome: ['text', (row) => row.attempt?.outcome ?? null],
  error_class: ['text', (row) => row.attempt?.errorClass ?? null],
  http_status: ['integer', (row) => row.attempt?.httpStatus ?? null],
  error: ['text', (row) => errorText(row.attempt?.error)],
  duration_ms: ['integer', (row) => row.attempt?.durationMs ?? null],
  request_headers: ['text', (row) => jsonText(row.attempt?.requestHeaders)],
  timings: ['text', (row) => timingsText(row.attempt?.timings ?? null)],
  headers: ['text', (row) => jsonText(row.attempt?.responseHeaders)],
  response_start: ['integer', (row) => row.responseStart],
  response_length: ['integer', (row) => row.responseLength],
  truncated: ['boolean', (row) => row.attempt?.truncated ?? false],
  status: ['text', (row) => row.status],
  next: ['text', (row) => row.next],
  delay_ms: ['float8', (row) => row.delayMs],
  reason: ['text', (row) => row.dead?.reason ?? null],
  category: ['text', (row) => row.dead?.category ?? null],
  dead_error: ['text', (row) => errorText(row.dead?.error)],
  timeout_ms: ['integer', (row) => row.timeoutMs],
  max_attempts: ['integer', (row) => row.maxAttempts],
});
/** The responses, packed. */
const [RESPONSES] = ENDS.further(1);

const DEAD_LETTERS = insertDeadLetters(`
    f.app_id, f.capability, f.body, COALESCE(g.error, g.dead_error), f.attempts, f.id, f.endpoint_id, f.event_type,
    f.event_id, g.category, g.reason, f.last_error_class
  FROM finished f JOIN given g ON g.id = f.id WHERE g.status = 'dead_letter'`);

// Fenced: only the holder of the claim token changes anything. Index: deliveries_pkey.
const FINISH = `
WITH given AS (
  SELECT * FROM unnest(${ENDS.arrays}) AS g(${ENDS.names})
), held AS (
  SELECT d.id, d.claimed_at FROM deliveries d JOIN given g ON g.id = d.id AND g.token = d.claim_token
  ORDER BY d.id FOR UPDATE OF d
), finished AS (
  UPDATE deliveries d SET
    status = g.status, attempts = d.attempts + g.attempted::integer,
    attempts_counted = d.attempts_counted + (g.attempted AND g.counted)::integer, timeout_ms = g.timeout_ms,
    -- A call that we aborted is no sign of a poison delivery.
    claims = d.claims - (g.attempted AND NOT g.counted)::integer,
    claim_token = NULL, claimed_until = NULL, claimed_at = NULL, enqueued_at = NULL,
    next_attempt_at = CASE WHEN g.status = 'pending' THEN now() + make_interval(secs => g.delay_ms / 1000) END,
    finished_at = CASE WHEN g.status <> 'pending' THEN now() END,
    last_outcome = COALESCE(g.outcome, d.last_outcome), last_error_class = CASE WHEN g.attempted THEN g.error_class ELSE d.last_error_class END,
    last_error = COALESCE(g.error, g.dead_error),
    wait_reason = CASE WHEN g.status = 'pending' THEN 'retry' END,
    last_attempt_at = CASE WHEN g.attempted THEN h.claimed_at ELSE d.last_attempt_at END,
    max_attempts = COALESCE(g.max_attempts, d.max_attempts)
  FROM given g JOIN held h ON h.id = g.id
  WHERE d.id = g.id
  RETURNING d.*, h.claimed_at AS started_at
), attempted AS (
  INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome,
    error_class, http_status, error, next, next_at, response_headers, response_body, truncated, request_headers,
    timings)
  SELECT f.id, f.attempts, f.app_id, f.endpoint_id, f.capability, f.started_at, g.duration_ms, g.outcome, g.error_class,
    g.http_status, g.error, g.next, f.next_attempt_at, g.headers::jsonb,
    substring(${RESPONSES}::bytea FROM g.response_start FOR g.response_length), g.truncated,
    g.request_headers::jsonb, g.timings::jsonb
  FROM finished f JOIN given g ON g.id = f.id WHERE g.attempted
), buried AS (${DEAD_LETTERS}
), risen AS (
  UPDATE webhook_dead_letter_queue q SET resolved_at = now(), resolved_by = 'redelivery'
  FROM finished f
  WHERE q.delivery_id = f.id AND f.status = 'completed' AND f.redeliveries > 0 AND q.resolved_at IS NULL
)
SELECT id FROM finished`;

const WAITS = new Columns<Postponement>({
  id: ['uuid', (row) => row.deliveryId],
  token: ['uuid', (row) => row.token],
  delay_ms: ['float8', (row) => row.delayMs],
  reason: ['text', (row) => row.reason],
  timeout_ms: ['integer', (row) => row.timeoutMs],
});

// Index: deliveries_pkey. A postponement releases the claim: nothing was sent, nothing is counted.
const POSTPONE = `
WITH given AS (
  SELECT * FROM unnest(${WAITS.arrays}) AS g(${WAITS.names})
), held AS (
  SELECT d.id, d.wait_reason FROM deliveries d JOIN given g ON g.id = d.id AND g.token = d.claim_token
  ORDER BY d.id FOR UPDATE OF d
), postponed AS (
  UPDATE deliveries d SET claims = d.claims - 1, claim_token = NULL, claimed_until = NULL, claimed_at = NULL,
    enqueued_at = NULL, next_attempt_at = now() + make_interval(secs => g.delay_ms / 1000), wait_reason = g.reason,
    timeout_ms = g.timeout_ms
  FROM given g JOIN held h ON h.id = g.id WHERE d.id = g.id
  RETURNING d.id, d.next_attempt_at, g.reason, h.wait_reason AS before
), noted AS (
  -- The timeline notes the start of a wait, not each renewal.
  INSERT INTO delivery_notes (delivery_id, kind, detail)
  SELECT id, 'postponed', jsonb_build_object('reason', reason, 'until', next_attempt_at)
  FROM postponed WHERE before IS DISTINCT FROM reason
)
SELECT id FROM postponed`;

/** Ends claims. Each result says whether the claim was still held: if not, nothing was changed. */
@Injectable()
export class FinishStore {
  private readonly finishes: MicroBatcher<Finish, boolean>;
  private readonly postponements: MicroBatcher<Postponement, boolean>;

  constructor(
    private readonly database: Database,
    config: Config,
  ) {
    const limits = { maxRows: config.batching.maxRows, maxInFlight: 1 };
    this.finishes = new MicroBatcher((rows) => this.finishAll(rows), limits, { mayRetryRows });
    this.postponements = new MicroBatcher((rows) => this.postponeAll(rows), limits, { mayRetryRows });
  }

  async finish(row: Finish): Promise<boolean> {
    return this.finishes.add(row);
  }

  async postpone(row: Postponement): Promise<boolean> {
    return this.postponements.add(row);
  }

  private async finishAll(rows: Finish[]): Promise<boolean[]> {
    const { bytes, starts, lengths } = pack(rows.map((row) => row.attempt?.responseBody ?? null));
    const ends = rows.map((row, index) => ({
      ...row,
      responseStart: starts[index] ?? null,
      responseLength: lengths[index] ?? null,
    }));
    const held = await this.database.query<{ id: string }>({ name: 'finish', text: FINISH }, [
      ...ENDS.values(ends),
      bytes,
    ]);
    return inOrder(rows, held);
  }

  private async postponeAll(rows: Postponement[]): Promise<boolean[]> {
    const statement = { name: 'postpone', text: POSTPONE };
    const held = await this.database.query<{ id: string }>(statement, WAITS.values(rows));
    return inOrder(rows, held);
  }
}

function inOrder(rows: { deliveryId: string }[], held: { id: string }[]): boolean[] {
  const ids = new Set(held.map(({ id }) => id));
  return rows.map(({ deliveryId }) => ids.has(deliveryId));
}

/** An error message is cut to what fits on a screen. */
function errorText(text: string | null | undefined): string | null {
  return text == null ? null : storable(text, ERROR_MAX);
}

function jsonText(value: object | null | undefined): string | null {
  return value ? JSON.stringify(value) : null;
}
