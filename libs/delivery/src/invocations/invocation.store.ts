import { Injectable } from '@nestjs/common';
import { Columns, Database, pack } from '@breakwater/platform';

/** What is kept of a sync call. */
export interface InvocationRow {
  id: string;
  appId: string;
  endpointId: string;
  capability: string;
  requestId: string;
  body: Buffer;
  contentType: string;
  timeoutMs: number;
  startedAt: Date;
  /** Of the delivery; it has this one attempt. */
  status: string;
  /** Whether a call was sent. */
  attempted: boolean;
  succeeded: boolean;
  outcome: string | null;
  errorClass: string | null;
  httpStatus: number | null;
  error: string | null;
  durationMs: number;
  /** JSON. */
  requestHeaders: string | null;
  /** JSON. */
  timings: string | null;
  /** JSON. */
  responseHeaders: string | null;
  responseBody: Buffer | null;
  truncated: boolean;
  fallbackStrategy: string | null;
  fallbackReason: string | null;
}

/** With the positions of its bytes in the batch's bytes. */
type Placed = InvocationRow &
  Record<'bodyStart' | 'bodyLength' | 'responseStart' | 'responseLength', number | null>;

const CALLS = new Columns<Placed>({
  id: ['uuid', (row) => row.id],
  app_id: ['varchar', (row) => row.appId],
  endpoint_id: ['uuid', (row) => row.endpointId],
  capability: ['varchar', (row) => row.capability],
  request_id: ['varchar', (row) => row.requestId],
  body_start: ['integer', (row) => row.bodyStart],
  body_length: ['integer', (row) => row.bodyLength],
  content_type: ['varchar', (row) => row.contentType],
  timeout_ms: ['integer', (row) => row.timeoutMs],
  started_at: ['timestamptz', (row) => row.startedAt],
  attempted: ['boolean', (row) => row.attempted],
  succeeded: ['boolean', (row) => row.succeeded],
  outcome: ['text', (row) => row.outcome],
  error_class: ['text', (row) => row.errorClass],
  http_status: ['integer', (row) => row.httpStatus],
  error: ['text', (row) => row.error],
  duration_ms: ['integer', (row) => row.durationMs],
  request_headers: ['text', (row) => row.requestHeaders],
  timings: ['text', (row) => row.timings],
  headers: ['text', (row) => row.responseHeaders],
  response_start: ['integer', (row) => row.responseStart],
  response_length: ['integer', (row) => row.responseLength],
  truncated: ['boolean', (row) => row.truncated],
  status: ['text', (row) => row.status],
  fallback_strategy: ['text', (row) => row.fallbackStrategy],
  fallback_reason: ['text', (row) => row.fallbackReason],
});
/** Both packed. */
const [BODIES, RESPONSES] = CALLS.further(2);

const RECORD = `
WITH given AS (
  SELECT * FROM unnest(${CALLS.arrays}) AS g(${CALLS.names})
), stored AS (
  INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
    status, created_at, finished_at, attempts, attempts_counted, claims, last_outcome, last_error_class, last_error,
    fallback_strategy, fallback_reason, last_attempt_at, max_attempts)
  SELECT id, app_id, endpoint_id, capability, 'invocation', 'sync', request_id,
    substring(${BODIES}::bytea FROM body_start FOR body_length), content_type, timeout_ms, status, started_at,
    started_at + make_interval(secs => duration_ms / 1000.0), attempted::integer, attempted::integer,
    attempted::integer, outcome, error_class, error, fallback_strategy, fallback_reason,
    CASE WHEN attempted THEN started_at END, 1
  FROM given
)
INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome,
  error_class, http_status, error, next, response_headers, response_body, truncated, request_headers, timings)
SELECT id, 1, app_id, endpoint_id, capability, started_at, duration_ms, outcome, error_class, http_status, error,
  CASE WHEN succeeded THEN 'done' ELSE 'dead' END, headers::jsonb,
  substring(${RESPONSES}::bytea FROM response_start FOR response_length), truncated, request_headers::jsonb,
  timings::jsonb
FROM given WHERE attempted`;

/** Stores sync calls as finished deliveries with their attempt. */
@Injectable()
export class InvocationStore {
  constructor(private readonly database: Database) {}

  async record(rows: readonly InvocationRow[]): Promise<void> {
    const bodies = pack(rows.map((row) => row.body));
    const responses = pack(rows.map((row) => row.responseBody));
    const placed = rows.map((row, index) => ({
      ...row,
      bodyStart: bodies.starts[index] ?? null,
      bodyLength: bodies.lengths[index] ?? null,
      responseStart: responses.starts[index] ?? null,
      responseLength: responses.lengths[index] ?? null,
    }));
    await this.database.query({ name: 'record_invocations', text: RECORD }, [
      ...CALLS.values(placed),
      bodies.bytes,
      responses.bytes,
    ]);
  }
}
