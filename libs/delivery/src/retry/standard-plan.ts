import type { Config } from '@breakwater/platform';
import type { planRetries } from './retry-plan.js';

/** The operator's `WEBHOOK_RETRY_*` settings as the `standard` profile. */
export function standardPlan({
  backoffMultiplier: multiplier,
  ...rest
}: Config['retry']): Parameters<typeof planRetries>[1] {
  return { ...rest, multiplier };
}

/**
 * Number of the last attempt a delivery gets: the attempts already made plus the rest of its budget. After a
 * redelivery the budget starts from zero while attempts keep counting; interrupted attempts do not count
 * against the budget.
 * @param attempt number of the current attempt, 1 or more
 * @param attemptsCounted attempts before it that count against the budget
 */
export function lastAttemptOf(attempt: number, attemptsCounted: number, maxAttempts: number): number {
  return Math.max(attempt, attempt - 1 + maxAttempts - attemptsCounted);
}
