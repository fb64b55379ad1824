/** Opens a breaker by shares of calls, in addition to failures in a row. */
export interface RatePolicy {
  /** Share of failed calls that opens the breaker, per cent; 0: not checked. */
  failureRate: number;
  /** Share of slow calls that opens the breaker, failed or not, per cent; 0: not checked. */
  slowCallRate: number;
  /** A call of this duration or longer is slow, ms. */
  slowCallMs: number;
  /** Only calls within the last `windowMs` count. */
  windowMs: number;
  /** With fewer calls in the window the rates are not checked; 1 or more. */
  minCalls: number;
}

/** Calls of one window, in one process. */
export interface WindowCounts {
  calls: number;
  failures: number;
  slow: number;
}

export interface RatedCall {
  failed: boolean;
  slow: boolean;
}

export type ExceededRate = 'failure_rate' | 'slow_calls';

/** The rates of a policy; null when it checks none. */
export function ratesOf(policy: Partial<RatePolicy>): RatePolicy | null {
  const { failureRate = 0, slowCallRate = 0, slowCallMs = 2_000, windowMs = 60_000, minCalls = 10 } = policy;
  if (failureRate === 0 && slowCallRate === 0) return null;
  return { failureRate, slowCallRate, slowCallMs, windowMs, minCalls };
}

export function isSlow(policy: Partial<RatePolicy>, durationMs: number): boolean {
  const rates = ratesOf(policy);
  return rates !== null && rates.slowCallRate > 0 && durationMs >= rates.slowCallMs;
}

/**
 * Whether a call opens its breaker by a rate. A good call never does.
 * @param counts of the window, the call included
 */
export function exceededRate(counts: WindowCounts, call: RatedCall, rates: RatePolicy): ExceededRate | null {
  if (counts.calls < rates.minCalls) return null;
  if (call.failed && isReached(counts.failures, counts.calls, rates.failureRate)) return 'failure_rate';
  if (call.slow && isReached(counts.slow, counts.calls, rates.slowCallRate)) return 'slow_calls';
  return null;
}

/** A rate that a call exceeded, and its description for people. */
export interface Exceeded {
  rate: ExceededRate;
  reason: string;
}

/** As {@link exceededRate}, with the description. */
export function exceededBy(counts: WindowCounts, call: RatedCall, rates: RatePolicy): Exceeded | null {
  const rate = exceededRate(counts, call, rates);
  return rate && { rate, reason: rateReason(rate, counts, rates) };
}

/** Describes to people why it opened. */
export function rateReason(
  exceeded: ExceededRate,
  { calls, failures, slow }: WindowCounts,
  { slowCallMs, windowMs }: RatePolicy,
): string {
  const of = (count: number): string => `${count} of ${calls} calls within ${windowMs} ms`;
  return exceeded === 'failure_rate' ? `${of(failures)} failed` : `${of(slow)} took ${slowCallMs} ms or more`;
}

function isReached(count: number, calls: number, percent: number): boolean {
  return percent > 0 && 100 * count >= percent * calls;
}
