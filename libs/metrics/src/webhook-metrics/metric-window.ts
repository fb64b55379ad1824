/** Windows that people may ask for, and the steps of their series, ms. */
export const METRIC_WINDOWS = {
  '1h': { windowMs: 3_600_000, stepMs: 60_000, by: 'minute' },
  '24h': { windowMs: 86_400_000, stepMs: 900_000, by: 'minute' },
  '7d': { windowMs: 604_800_000, stepMs: 3_600_000, by: 'hour' },
} as const;

export type MetricWindow = keyof typeof METRIC_WINDOWS;

/**
 * Where a window begins and ends: on whole steps, `now` in the last of them. So whoever counts the calls that began at
 * `from` or later and before `to` gets the same numbers.
 */
export function windowAt(window: MetricWindow, now: Date): { from: Date; to: Date } {
  const { windowMs, stepMs } = METRIC_WINDOWS[window];
  const to = (Math.floor(now.getTime() / stepMs) + 1) * stepMs;
  return { from: new Date(to - windowMs), to: new Date(to) };
}
