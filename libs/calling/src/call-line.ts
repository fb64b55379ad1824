import type { Outcome, Timed } from '@breakwater/webhook-client';
import { describeOutcome } from './describe-outcome.js';

/** What every log line about a delivery begins with. */
export interface CallFields {
  deliveryId: string;
  appId: string;
  capability: string;
  /** Of an event its type, of a call its capability. */
  eventType: string;
  requestId: string;
}

/** The story of one call. */
export interface CallStory {
  call: CallFields;
  /** Of the endpoint: only its origin is logged, since paths and queries may carry secrets. */
  url: string;
  acceptedAt: Date;
  nowMs: number;
  /** Made and at most, `2/3`. */
  attempts: string;
  /** Null when no call was made: then `reason` says why. */
  outcome: (Outcome & Timed) | null;
  reason: string | null;
  /** What follows. */
  next: string;
}

/** The one log line of a call, sync or async: both have the same fields. */
export function callLine({
  call,
  url,
  acceptedAt,
  nowMs,
  attempts,
  outcome,
  reason,
  next,
}: CallStory): object {
  const { httpStatus, error } = outcome ? describeOutcome(outcome) : { httpStatus: null, error: null };
  return {
    ...call,
    url: URL.parse(url)?.origin ?? '',
    sinceAcceptedMs: nowMs - acceptedAt.getTime(),
    attempts,
    outcome: outcome?.kind ?? reason,
    ...(httpStatus === null ? {} : { httpStatus }),
    ...(error === null ? {} : { error }),
    durationMs: Math.round(outcome?.durationMs ?? 0),
    next,
    ...(reason === null ? {} : { reason }),
  };
}
