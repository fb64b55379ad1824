import type { Outcome, Timed } from '@breakwater/webhook-client';
import { describeOutcome } from './describe-outcome.js';

/** The first fields of every log line about a delivery. */
export interface CallFields {
  deliveryId: string;
  appId: string;
  capability: string;
  /** The type of an event, or the capability of a call. */
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
  /** Number of this attempt and of the last one, `2/3`. */
  attempts: string;
  /** Null when no call was made: then `reason` says why. */
  outcome: (Outcome & Timed) | null;
  reason: string | null;
  /** What follows from the outcome. */
  next: string;
}

/** Writes the one log line of a call; sync and async calls have the same fields. */
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
