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
 * Number of the last attempt a delivery gets: what was made already, and what is left of its budget. After a
 * redelivery the budget starts anew while attempts count on; interrupted ones cost no budget.
 * @param attempt number of the attempt at hand, 1 or more
 * @param attemptsCounted attempts before it that cost budget
 */
export function lastAttemptOf(attempt: number, attemptsCounted: number, maxAttempts: number): number {
  return Math.max(attempt, attempt - 1 + maxAttempts - attemptsCounted);
}
