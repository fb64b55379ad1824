import { classify, type ErrorClass, type Outcome } from '@breakwater/webhook-client';
import { retryDelayMs, type RetryPlan } from './retry-plan.js';

export type DeadReason = 'exhausted' | 'non_retryable' | 'circuit_open' | 'poison' | 'endpoint_disabled';

/** What follows from an attempt's outcome. */
export type Verdict =
  | { next: 'done' }
  | { next: 'retry'; delayMs: number; errorClass: ErrorClass }
  /** We aborted the attempt: it is recorded and made again, and does not count against the budget. */
  | { next: 'again' }
  | { next: 'dead'; reason: DeadReason; errorClass: ErrorClass; disableEndpoint: boolean };

/** Longest wait that a receiver may ask for, and the wait after a 429 without a time. */
const LONGEST_RETRY_AFTER_MS = 300_000;
const RATE_LIMIT_DELAY_MS = 60_000;

/**
 * @param attemptsCounted attempts that count against the budget, this one included; 1 or more
 * @param random uniform in [0, 1)
 */
export function decide(outcome: Outcome, attemptsCounted: number, plan: RetryPlan, random: number): Verdict {
  const errorClass = classify(outcome);
  if (!errorClass) return { next: 'done' };
  if (outcome.kind === 'aborted' || outcome.kind === 'unknown') return { next: 'again' };
  if (errorClass.category === 'NON_RETRYABLE' || errorClass.category === 'VALIDATION') {
    return { next: 'dead', reason: 'non_retryable', errorClass, disableEndpoint: errorClass.gone === true };
  }
  if (attemptsCounted >= Math.min(plan.maxAttempts, errorClass.retries + 1)) {
    return { next: 'dead', reason: 'exhausted', errorClass, disableEndpoint: false };
  }
  const plannedMs = retryDelayMs(plan, attemptsCounted, errorClass.baseDelayMs, random);
  return { next: 'retry', delayMs: Math.max(plannedMs, askedForMs(outcome)), errorClass };
}

function askedForMs(outcome: Outcome): number {
  if (outcome.kind !== 'http_error') return 0;
  if (outcome.retryAfterMs !== null) return Math.min(outcome.retryAfterMs, LONGEST_RETRY_AFTER_MS);
  return outcome.status === 429 ? RATE_LIMIT_DELAY_MS : 0;
}
