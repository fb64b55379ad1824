import type { DemoApp, DemoCapability } from './demo-apps.js';
import type { DayAttempt, DayDelivery } from './rows.js';

export interface Place {
  app: DemoApp;
  capability: DemoCapability;
  endpointId: string;
}

/** How a try ends. */
export type End = 'ok' | 'http_503' | 'http_500' | 'http_422' | 'http_401' | 'timeout';

/** One try; its start and its duration follow from the ones before where they are not known. */
export interface Try {
  end: End;
  startedAt?: Date;
  durationMs?: number;
}

const STATUS = {
  ok: 200,
  http_503: 503,
  http_500: 500,
  http_422: 422,
  http_401: 401,
  timeout: null,
} as const;
const ERROR_CLASS = {
  ok: null,
  http_503: 'server_error',
  http_500: 'server_error',
  http_422: 'client_error',
  http_401: 'client_error',
  timeout: 'network',
} as const;
const ANSWER = {
  ok: '{"success":true}',
  http_503: '{"success":false,"error":"the store of contacts is away"}',
  http_500: '{"success":false,"error":"the printer is out of paper"}',
  http_422: '{"success":false,"error":"priority is not known here"}',
  http_401: '{"success":false,"error":"signature does not match"}',
  timeout: null,
} as const;
const ASYNC_TIMEOUT_MS = 10_000;
const SYNC_TIMEOUT_MS = 2_000;

/** Makes rows of the day; ids sort by time, as those of real ones. */
export class DayMaker {
  private made = 0;

  constructor(
    readonly random: () => number,
    private readonly endsAt: Date,
  ) {}

  /** A UUID of version 7 of that moment. */
  id(at: Date): string {
    const hex = at.getTime().toString(16).padStart(12, '0');
    const digits = Array.from({ length: 18 }, () => Math.floor(this.random() * 16).toString(16)).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7${digits.slice(0, 3)}-8${digits.slice(3, 6)}-${digits.slice(6)}`;
  }

  /** Duration of a call, ms: mostly near the median, sometimes several times as long. */
  durationMs(medianMs: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
    return Math.max(3, Math.min(1_900, Math.round(medianMs * Math.exp(0.45 * normal))));
  }

  /**
   * A finished delivery.
   * @param tries its attempts; the last one decides
   * @param delays before each retry, ms; the last one repeats
   */
  delivery(
    { app, capability, endpointId }: Place,
    createdAt: Date,
    tries: readonly Try[],
    delays: readonly number[] = [2_000],
  ): DayDelivery {
    const id = this.id(createdAt);
    const timeoutMs = capability.async ? ASYNC_TIMEOUT_MS : SYNC_TIMEOUT_MS;
    const attempts: DayAttempt[] = [];
    let dueAt = createdAt.getTime() + (capability.async ? 8 : 0);
    for (const [index, { end, ...known }] of tries.entries()) {
      const startedAt = known.startedAt ?? new Date(dueAt);
      const durationMs =
        known.durationMs ?? (end === 'timeout' ? timeoutMs : this.durationMs(capability.medianMs));
      const isLast = index === tries.length - 1;
      dueAt = startedAt.getTime() + durationMs + (delays[Math.min(index, delays.length - 1)] ?? 0);
      attempts.push({
        deliveryId: id,
        number: index + 1,
        startedAt,
        durationMs,
        ...ending(end, timeoutMs),
        next: end === 'ok' ? 'done' : isLast ? 'dead' : 'retry',
        nextAt: isLast ? null : new Date(dueAt),
      });
    }
    const last = attempts.at(-1)!;
    const isOk = last.outcome === 'delivered';
    return {
      id,
      appId: app.id,
      endpointId,
      capability: capability.name,
      mode: capability.async ? 'async' : 'sync',
      status: isOk ? 'completed' : capability.async ? 'dead_letter' : 'fallback',
      createdAt,
      finishedAt: new Date(last.startedAt.getTime() + last.durationMs),
      body: JSON.stringify(capability.payload((this.made += 1))),
      maxAttempts: capability.async ? Math.max(6, tries.length) : 1,
      timeoutMs,
      attempts,
    };
  }

  /** Whether a delivery is over before the day ends. */
  isOver({ finishedAt }: DayDelivery): boolean {
    return finishedAt < this.endsAt;
  }
}

function ending(
  end: End,
  timeoutMs: number,
): Pick<DayAttempt, 'outcome' | 'errorClass' | 'httpStatus' | 'error' | 'answer'> {
  const httpStatus = STATUS[end];
  const common = { errorClass: ERROR_CLASS[end], httpStatus, answer: ANSWER[end] };
  if (end === 'ok') return { ...common, outcome: 'delivered', error: null };
  if (end === 'timeout') return { ...common, outcome: 'timeout', error: `no answer within ${timeoutMs} ms` };
  return { ...common, outcome: 'http_error', error: `http ${httpStatus}` };
}
