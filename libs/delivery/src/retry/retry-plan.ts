import type { RetrySetting } from '@breakwater/manifest';

/** How a delivery is retried. The first attempt counts, too. */
export interface RetryPlan {
  /** 1–10. */
  maxAttempts: number;
  /** Delay after the first attempt, ms. */
  initialDelayMs: number;
  multiplier: number;
  /** Longest delay, ms. */
  maxDelayMs: number;
  /** Share of a delay that is random, 0–1. */
  jitter: number;
  /** Uses the base delay of the error's class instead of `initialDelayMs`. */
  delayByClass: boolean;
  /** Delays in ms, one per retry; replaces the formula. */
  schedule: readonly number[] | null;
}

type StandardPlan = Pick<
  RetryPlan,
  'maxAttempts' | 'initialDelayMs' | 'multiplier' | 'maxDelayMs' | 'jitter'
>;

/** The profiles other than `standard`, which the operator sets. */
const PROFILES = {
  forward: { maxAttempts: 3, initialDelayMs: 2_000, multiplier: 2, maxDelayMs: 30_000, delayByClass: false },
  endpoint: { maxAttempts: 5, initialDelayMs: 2_000, multiplier: 2, maxDelayMs: 60_000, delayByClass: false },
  patient: { maxAttempts: 6, initialDelayMs: 2_000, multiplier: 2, maxDelayMs: 300_000, delayByClass: true },
} as const;

/** @param standard the operator's `WEBHOOK_RETRY_*` settings */
export function planRetries(setting: RetrySetting | null, standard: StandardPlan): RetryPlan {
  const { profile = 'standard', schedule, ...own } = setting ?? {};
  const base =
    profile === 'standard'
      ? { ...standard, delayByClass: false }
      : { jitter: standard.jitter, ...PROFILES[profile] };
  const plan = { ...base, ...own };
  if (!schedule) return { ...plan, schedule: null };
  return { ...plan, schedule, maxAttempts: Math.min(own.maxAttempts ?? Infinity, schedule.length + 1) };
}

/**
 * Delay before the next attempt, ms, jitter included: `min(cap, base · multiplier^(n−1))` ± jitter; at the
 * cap, jitter only shortens it.
 * @param attemptsMade 1 or more
 * @param classDelayMs base delay of the error's class; only used by a plan with `delayByClass`
 * @param random uniform in [0, 1)
 * @throws RangeError when attemptsMade < 1
 */
export function retryDelayMs(
  plan: RetryPlan,
  attemptsMade: number,
  classDelayMs: number,
  random: number,
): number {
  if (attemptsMade < 1) throw new RangeError(`attemptsMade must be 1 or more, not ${attemptsMade}`);
  if (plan.schedule) {
    const planned = plan.schedule[Math.min(attemptsMade, plan.schedule.length) - 1] ?? 0;
    return planned * spread(plan.jitter, random);
  }
  const base = plan.delayByClass ? classDelayMs : plan.initialDelayMs;
  const delayMs = base * plan.multiplier ** (attemptsMade - 1);
  if (delayMs >= plan.maxDelayMs) return plan.maxDelayMs * (1 - plan.jitter * random);
  return Math.min(plan.maxDelayMs, delayMs * spread(plan.jitter, random));
}

function spread(jitter: number, random: number): number {
  return 1 + jitter * (2 * random - 1);
}
