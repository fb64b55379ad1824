/** Windows that people may ask for, and the steps of their series, ms. */
export const METRIC_WINDOWS = {
  '1h': { windowMs: 3_600_000, stepMs: 60_000, by: 'minute' },
  '24h': { windowMs: 86_400_000, stepMs: 900_000, by: 'minute' },
  '7d': { windowMs: 604_800_000, stepMs: 3_600_000, by: 'hour' },
} as const;

export type MetricWindow = keyof typeof METRIC_WINDOWS;

/**
 * Start and end of a window: on whole steps, with `now` in the last one. So counting the calls that began at `from` or
 * later and before `to` gives the same numbers.
 */
export function windowAt(window: MetricWindow, now: Date): { from: Date; to: Date } {
  const { windowMs, stepMs } = METRIC_WINDOWS[window];
  const to = (Math.floor(now.getTime() / stepMs) + 1) * stepMs;
  return { from: new Date(to - windowMs), to: new Date(to) };
}
