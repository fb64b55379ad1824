import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { callLine, describeOutcome } from '@breakwater/calling';
import {
  Columns,
  Config,
  Database,
  mayRetryRows,
  MicroBatcher,
  pack,
  storable,
  Telemetry,
  Tracing,
} from '@breakwater/platform';
import { classify, type Outcome, type Timed } from '@breakwater/webhook-client';

/** Characters of an error that are kept. */
const ERROR_MAX = 2_000;

/** One sync call as it is written down, whatever came of it. */
export interface Invocation {
  id: string;
  appId: string;
  endpointId: string;
  capability: string;
  requestId: string;
  body: Buffer;
  contentType: string;
  timeoutMs: number;
  startedAt: Date;
  /** Of the endpoint; only its origin is logged. */
  url: string;
  /** Null when no call was made: `answer.reason` says why. */
  outcome: (Outcome & Timed) | null;
  answer: InvocationAnswer;
}

/** Who answered the caller. */
export interface InvocationAnswer {
  /** Null: nobody did, the caller got an error. */
  source: 'primary' | 'fallback' | null;
  /** The fallback strategy that was asked; null when none was. */
  strategy: string | null;
  /** Why the app did not answer; null when it did. */
  reason: string | null;
}

type End = 'completed' | 'fallback' | 'failed';

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
  headers: ['text', (row) => row.headers],
  response_start: ['integer', (row) => row.responseStart],
  response_length: ['integer', (row) => row.responseLength],
  truncated: ['boolean', (row) => row.truncated],
  status: ['text', (row) => row.status],
  fallback_strategy: ['text', (row) => row.answer.strategy],
  fallback_reason: ['text', (row) => row.answer.reason],
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
  error_class, http_status, error, next, response_headers, response_body, truncated, request_headers)
SELECT id, 1, app_id, endpoint_id, capability, started_at, duration_ms, outcome, error_class, http_status, error,
  CASE WHEN succeeded THEN 'done' ELSE 'dead' END, headers::jsonb,
  substring(${RESPONSES}::bytea FROM response_start FOR response_length), truncated, request_headers::jsonb
FROM given WHERE attempted`;

/** Nobody waits for the history: a statement writes several calls of a busy process (docs/internals/performance.md). */
const GATHER_MS = 50;

/** Bytes of an answer kept with the attempt. */
const KEPT_BYTES = 10 * 1024;

/** Writes sync calls down in batches, behind their answer: never slower for it, and never failing it. */
@Injectable()
export class InvocationLog implements OnModuleDestroy {
  private readonly log = new Logger('Invocation');
  private readonly batcher: MicroBatcher<HistoryRow, void>;

  constructor(
    private readonly database: Database,
    private readonly telemetry: Telemetry,
    private readonly tracing: Tracing,
    config: Config,
  ) {
    const limits = { maxRows: config.batching.maxRows, maxInFlight: 1, gatherMs: GATHER_MS };
    this.batcher = new MicroBatcher((rows) => this.write(rows), limits, { mayRetryRows });
  }

  record(invocation: Invocation): void {
    this.count(invocation);
    this.tell(invocation);
    const { id, appId, capability, requestId } = invocation;
    const lost = ({ message: error }: Error): void =>
      this.log.error({ msg: 'invocation not written down', id, appId, capability, requestId, error });
    try {
      this.batcher.add(rowOf(invocation)).catch(lost);
    } catch (error) {
      lost(error as Error);
    }
  }

  private count({ answer }: Invocation): void {
    this.telemetry.countEnd('sync', endOf(answer));
    if (answer.source !== 'fallback') return;
    this.telemetry.countFallback(answer.strategy!, answer.reason!);
    this.tracing.note({ 'breakwater.source': 'fallback', 'breakwater.reason': answer.reason! });
  }

  /** One line per call with the fields of an attempt, also when no call went out. */
  private tell({ id, appId, capability, requestId, url, startedAt, outcome, answer }: Invocation): void {
    const { source, strategy, reason } = answer;
    const end = endOf(answer);
    const line = {
      msg: TITLES[end],
      ...callLine({
        call: { deliveryId: id, appId, capability, eventType: capability, requestId },
        url,
        acceptedAt: startedAt,
        nowMs: Date.now(),
        attempts: outcome ? '1/1' : '0/1',
        outcome,
        reason,
        next: end === 'failed' ? 'dead' : 'done',
      }),
      source,
      ...(strategy === null ? {} : { strategy }),
    };
    if (end === 'failed') this.log.warn(line);
    else this.log.log(line);
  }

  /** Resolves when everything recorded so far is written. */
  async drained(): Promise<void> {
    await this.batcher.drained();
  }

  async onModuleDestroy(): Promise<void> {
    await this.drained();
  }

  private async write(rows: HistoryRow[]): Promise<void[]> {
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
    return rows.map(() => undefined);
  }
}

const TITLES: Record<End, string> = {
  completed: 'sync call answered',
  fallback: 'sync call answered by its fallback',
  failed: 'sync call not answered',
};

function endOf({ source }: InvocationAnswer): End {
  if (source === null) return 'failed';
  return source === 'primary' ? 'completed' : 'fallback';
}

/** What is kept of a sync call: while it waits to be written, an answer of up to 1 MiB is not held for its first bytes. */
type HistoryRow = ReturnType<typeof rowOf>;

/** With the places of its bytes in those of the batch. */
type Placed = HistoryRow &
  Record<'bodyStart' | 'bodyLength' | 'responseStart' | 'responseLength', number | null>;

function rowOf({ outcome: came, ...call }: Invocation) {
  const described = came ? describeOutcome(came) : null;
  const body = described?.response?.body ?? null;
  const isLong = body !== null && body.length > KEPT_BYTES;
  const { reason } = call.answer;
  return {
    ...call,
    status: endOf(call.answer),
    attempted: came !== null,
    succeeded: came?.kind === 'delivered',
    outcome: described?.outcome ?? reason,
    errorClass: came ? (classify(came)?.name ?? null) : null,
    httpStatus: described?.httpStatus ?? null,
    error: errorText(described ? described.error : reason),
    durationMs: Math.round(came?.durationMs ?? 0),
    requestHeaders: came?.requestHeaders ? JSON.stringify(came.requestHeaders) : null,
    headers: described?.response ? JSON.stringify(described.response.headers) : null,
    responseBody: isLong ? Buffer.from(body.subarray(0, KEPT_BYTES)) : body,
    truncated: (described?.response?.truncated ?? false) || isLong,
  };
}

function errorText(text: string | null): string | null {
  return text === null ? null : storable(text, ERROR_MAX);
}
