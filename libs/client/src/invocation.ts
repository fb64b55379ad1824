import type { CallOptions } from './call.js';
import type { AcceptedDto, AppErrorDto, InvokeAnswerDto, InvokeDto } from './generated/types.gen.js';

export interface InvokeOptions extends CallOptions {
  /** For fallbacks and notices; never sent to the app. */
  context?: InvokeDto['context'];
}

/** The app or its fallback answered. */
export interface Answered<Data> {
  source: 'primary' | 'fallback';
  data: Data;
  /** Why the fallback answered; null when the app did. */
  reason: string | null;
  /** The app's own refusal. */
  error: AppErrorDto | null;
  /** Which fallback strategy. */
  strategy: string | null;
  /** Age of a `last_success` answer. */
  ageMs: number | null;
  durationMs: number;
  requestId: string;
}

/** The call was stored, and continues in the background. */
export interface Queued {
  source: 'queued';
  data: null;
  /** Why a sync call was queued. */
  reason: string | null;
  deliveryId: string;
  /** Whether an earlier request with this idempotency key was accepted. */
  isReplayed: boolean;
  requestId: string;
}

export type Invocation<Data = unknown> = Answered<Data> | Queued;

/** The answer of the API to a call of a capability. */
export function invocationOf(answer: unknown): Invocation {
  const { requestId, reason = null } = answer as InvokeAnswerDto | AcceptedDto;
  if ('deliveryId' in (answer as object)) {
    const { deliveryId, replayed } = answer as AcceptedDto;
    return { source: 'queued', data: null, reason, deliveryId, isReplayed: replayed, requestId };
  }
  const { source, data, error, strategy, ageMs, durationMs } = answer as InvokeAnswerDto;
  return {
    source: source as Answered<unknown>['source'],
    data,
    reason,
    error: error ?? null,
    strategy: strategy ?? null,
    ageMs: ageMs ?? null,
    durationMs,
    requestId,
  };
}
