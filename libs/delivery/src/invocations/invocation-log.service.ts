import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Config, Database, MicroBatcher, pack, Telemetry } from '@breakwater/platform';
import { classify, type Outcome, type Timed } from '@breakwater/webhook-client';
import { describeOutcome } from '../attempt/describe-outcome.js';

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
  /** Null when no call was made: `error` says why. */
  outcome: (Outcome & Timed) | null;
  /** Why no call was made. */
  refusal: string | null;
}

const RECORD = `
WITH given AS (
  SELECT * FROM unnest($1::uuid[], $2::varchar[], $3::uuid[], $4::varchar[], $5::varchar[], $6::integer[], $7::varchar[],
    $8::integer[], $9::timestamptz[], $10::boolean[], $11::boolean[], $12::text[], $13::text[], $14::integer[],
    $15::text[], $16::integer[], $17::text[], $18::integer[], $19::boolean[], $20::integer[],
    $21::integer[])
    AS g(id, app_id, endpoint_id, capability, request_id, body_start, content_type, timeout_ms, started_at,
      attempted, succeeded, outcome, error_class, http_status, error, duration_ms, headers, response_start, truncated,
      body_length, response_length)
), stored AS (
  INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
    status, created_at, finished_at, attempts, attempts_counted, claims, last_outcome, last_error_class, last_error)
  SELECT id, app_id, endpoint_id, capability, 'invocation', 'sync', request_id,
    substring($22::bytea FROM body_start FOR body_length), content_type, timeout_ms,
    CASE WHEN succeeded THEN 'completed' ELSE 'failed' END, started_at,
    started_at + make_interval(secs => duration_ms / 1000.0), attempted::integer, attempted::integer,
    attempted::integer, outcome, error_class, error
  FROM given
)
INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome,
  error_class, http_status, error, next, response_headers, response_body, truncated)
SELECT id, 1, app_id, endpoint_id, capability, started_at, duration_ms, outcome, error_class, http_status, error,
  CASE WHEN succeeded THEN 'done' ELSE 'dead' END, headers::jsonb,
  substring($23::bytea FROM response_start FOR response_length), truncated
FROM given WHERE attempted`;

/** Nobody waits for the history: at a few hundred calls per second a statement writes several (docs/performance.md). */
const GATHER_MS = 50;

/** Bytes of an answer kept with the attempt (row B3). */
const KEPT_BYTES = 10 * 1024;

/** Writes sync calls down in batches, behind their answer: never slower for it, and never failing it (row D7). */
@Injectable()
export class InvocationLog implements OnModuleDestroy {
  private readonly log = new Logger(InvocationLog.name);
  private readonly batcher: MicroBatcher<HistoryRow, void>;

  constructor(
    private readonly database: Database,
    private readonly telemetry: Telemetry,
    config: Config,
  ) {
    this.batcher = new MicroBatcher((rows) => this.write(rows), {
      maxRows: config.batching.maxRows,
      maxInFlight: 1,
      gatherMs: GATHER_MS,
    });
  }

  record(invocation: Invocation): void {
    const { outcome } = invocation;
    if (outcome) this.telemetry.countCall('sync', outcome.kind, outcome.durationMs);
    this.telemetry.countEnd('sync', outcome?.kind === 'delivered' ? 'completed' : 'failed');
    const { id, appId, capability, requestId } = invocation;
    const lost = ({ message: error }: Error): void =>
      this.log.error({ msg: 'invocation not written down', id, appId, capability, requestId, error });
    try {
      this.batcher.add(rowOf(invocation)).catch(lost);
    } catch (error) {
      lost(error as Error);
    }
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
    const responses = pack(rows.map((row) => row.answer));
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
    ]);
    return rows.map(() => undefined);
  }
}

/** What is kept of a sync call: while it waits to be written, an answer of up to 1 MiB is not held for its first bytes. */
type HistoryRow = ReturnType<typeof rowOf>;

function rowOf({ outcome: came, refusal, ...call }: Invocation) {
  const described = came ? describeOutcome(came) : null;
  const body = described?.response?.body ?? null;
  const isLong = body !== null && body.length > KEPT_BYTES;
  return {
    ...call,
    attempted: came !== null,
    succeeded: came?.kind === 'delivered',
    outcome: described?.outcome ?? refusal,
    errorClass: came ? (classify(came)?.name ?? null) : null,
    httpStatus: described?.httpStatus ?? null,
    error: (described ? described.error : refusal)?.replaceAll('\0', '').slice(0, 2_000) ?? null,
    durationMs: Math.round(came?.durationMs ?? 0),
    headers: described?.response ? JSON.stringify(described.response.headers) : null,
    answer: isLong ? Buffer.from(body.subarray(0, KEPT_BYTES)) : body,
    truncated: (described?.response?.truncated ?? false) || isLong,
  };
}
