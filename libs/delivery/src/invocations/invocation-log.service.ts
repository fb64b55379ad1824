import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { callLine, describeOutcome } from '@breakwater/calling';
import {
  Config,
  isLogged,
  mayRetryRows,
  MicroBatcher,
  storable,
  Telemetry,
  Tracing,
} from '@breakwater/platform';
import { classify, RESPONSE_KEEP_BYTES, type Outcome, type Timed } from '@breakwater/webhook-client';
import { timingsText } from '../attempt/timings-text.js';
import { InvocationStore, type InvocationRow } from './invocation.store.js';

/** Characters of an error that are kept. */
const ERROR_MAX = 2_000;

/** One sync call as it is recorded, whatever its result. */
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
  /** Null: nobody, the caller got an error. */
  source: 'primary' | 'fallback' | null;
  /** The fallback strategy that was asked; null when there was none. */
  strategy: string | null;
  /** Why the app did not answer; null when it did. */
  reason: string | null;
}

type End = 'completed' | 'fallback' | 'failed';

/**
 * Nobody waits for these rows, so one statement writes several calls of a busy process
 * (docs/internals/performance.md).
 */
const GATHER_MS = 50;

/**
 * Records sync calls in batches, after their answer was sent: a failure or a slow write does not affect the
 * answer.
 */
@Injectable()
export class InvocationLog implements OnModuleDestroy {
  private readonly log = new Logger('Invocation');
  private readonly batcher: MicroBatcher<InvocationRow, void>;

  constructor(
    private readonly store: InvocationStore,
    private readonly telemetry: Telemetry,
    private readonly tracing: Tracing,
    private readonly config: Config,
  ) {
    const limits = { maxRows: config.batching.maxRows, maxInFlight: 1, gatherMs: GATHER_MS };
    this.batcher = new MicroBatcher((rows) => this.write(rows), limits, { mayRetryRows });
  }

  record(invocation: Invocation): void {
    this.count(invocation);
    this.tell(invocation);
    const { id, appId, capability, requestId } = invocation;
    const lost = ({ message: error }: Error): void =>
      this.log.error({ msg: 'invocation not stored', id, appId, capability, requestId, error });
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

  /** Logs one line per call with the fields of an attempt, also when no call was sent. */
  private tell({ id, appId, capability, requestId, url, startedAt, outcome, answer }: Invocation): void {
    const { source, strategy, reason } = answer;
    const end = endOf(answer);
    if (!isLogged(end === 'failed' ? 'warn' : 'info', this.config.log.level)) return;
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

  /** Resolves when everything recorded so far is stored. */
  async drained(): Promise<void> {
    await this.batcher.drained();
  }

  async onModuleDestroy(): Promise<void> {
    await this.drained();
  }

  private async write(rows: InvocationRow[]): Promise<void[]> {
    await this.store.record(rows);
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

/**
 * Copies the first bytes of an answer of up to 1 MiB, so that the whole answer is not kept in memory while
 * the row waits.
 */
function rowOf({ outcome: came, answer, url: _, ...call }: Invocation): InvocationRow {
  const described = came ? describeOutcome(came) : null;
  const body = described?.response?.body ?? null;
  const isLong = body !== null && body.length > RESPONSE_KEEP_BYTES;
  const { strategy, reason } = answer;
  return {
    ...call,
    status: endOf(answer),
    attempted: came !== null,
    succeeded: came?.kind === 'delivered',
    outcome: described?.outcome ?? reason,
    errorClass: came ? (classify(came)?.name ?? null) : null,
    httpStatus: described?.httpStatus ?? null,
    error: errorText(described ? described.error : reason),
    durationMs: Math.round(came?.durationMs ?? 0),
    requestHeaders: came?.requestHeaders ? JSON.stringify(came.requestHeaders) : null,
    timings: timingsText(came?.timings ?? null),
    responseHeaders: described?.response ? JSON.stringify(described.response.headers) : null,
    responseBody: isLong ? Buffer.from(body.subarray(0, RESPONSE_KEEP_BYTES)) : body,
    truncated: (described?.response?.truncated ?? false) || isLong,
    fallbackStrategy: strategy,
    fallbackReason: reason,
  };
}

function errorText(text: string | null): string | null {
  return text === null ? null : storable(text, ERROR_MAX);
}
