import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { callLine, describeOutcome } from '@breakwater/calling';
import { Config, Database, mayRetryRows, MicroBatcher, pack, Telemetry, Tracing } from '@breakwater/platform';
import { classify, type Outcome, type Timed } from '@breakwater/webhook-client';

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

const RECORD = `
WITH given AS (
  SELECT * FROM unnest($1::uuid[], $2::varchar[], $3::uuid[], $4::varchar[], $5::varchar[], $6::integer[], $7::varchar[],
    $8::integer[], $9::timestamptz[], $10::boolean[], $11::boolean[], $12::text[], $13::text[], $14::integer[],
    $15::text[], $16::integer[], $17::text[], $18::integer[], $19::boolean[], $20::integer[],
    $21::integer[], $24::text[], $25::text[], $26::text[], $27::text[])
    AS g(id, app_id, endpoint_id, capability, request_id, body_start, content_type, timeout_ms, started_at,
      attempted, succeeded, outcome, error_class, http_status, error, duration_ms, headers, response_start, truncated,
      body_length, response_length, status, fallback_strategy, fallback_reason, request_headers)
), stored AS (
  INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
    status, created_at, finished_at, attempts, attempts_counted, claims, last_outcome, last_error_class, last_error,
    fallback_strategy, fallback_reason, last_attempt_at, max_attempts)
  SELECT id, app_id, endpoint_id, capability, 'invocation', 'sync', request_id,
    substring($22::bytea FROM body_start FOR body_length), content_type, timeout_ms, status, started_at,
    started_at + make_interval(secs => duration_ms / 1000.0), attempted::integer, attempted::integer,
    attempted::integer, outcome, error_class, error, fallback_strategy, fallback_reason,
    CASE WHEN attempted THEN started_at END, 1
  FROM given
)
INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome,
  error_class, http_status, error, next, response_headers, response_body, truncated, request_headers)
SELECT id, 1, app_id, endpoint_id, capability, started_at, duration_ms, outcome, error_class, http_status, error,
  CASE WHEN succeeded THEN 'done' ELSE 'dead' END, headers::jsonb,
  substring($23::bytea FROM response_start FOR response_length), truncated, request_headers::jsonb
FROM given WHERE attempted`;

/** Nobody waits for the history: at a few hundred calls per second a statement writes several (docs/performance.md). */
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
    await this.database.query({ name: 'record_invocations', text: RECORD }, [
      rows.map((row) => row.id),
      rows.map((row) => row.appId),
      rows.map((row) => row.endpointId),
      rows.map((row) => row.capability),
      rows.map((row) => row.requestId),
      bodies.starts,
      rows.map((row) => row.contentType),
      rows.map((row) => row.timeoutMs),
      rows.map((row) => row.startedAt),
      rows.map((row) => row.attempted),
      rows.map((row) => row.succeeded),
      rows.map((row) => row.outcome),
      rows.map((row) => row.errorClass),
      rows.map((row) => row.httpStatus),
      rows.map((row) => row.error),
      rows.map((row) => row.durationMs),
      rows.map((row) => row.headers),
      responses.starts,
      rows.map((row) => row.truncated),
      bodies.lengths,
      responses.lengths,
      bodies.bytes,
      responses.bytes,
      rows.map((row) => row.status),
      rows.map((row) => row.answer.strategy),
      rows.map((row) => row.answer.reason),
      rows.map((row) => row.requestHeaders),
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
    error: (described ? described.error : reason)?.replaceAll('\0', '').slice(0, 2_000) ?? null,
    durationMs: Math.round(came?.durationMs ?? 0),
    requestHeaders: came?.requestHeaders ? JSON.stringify(came.requestHeaders) : null,
    headers: described?.response ? JSON.stringify(described.response.headers) : null,
    responseBody: isLong ? Buffer.from(body.subarray(0, KEPT_BYTES)) : body,
    truncated: (described?.response?.truncated ?? false) || isLong,
  };
}
