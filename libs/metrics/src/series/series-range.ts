const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Windows until now that people may ask for, ms. */
export const SERIES_WINDOWS = {
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
} as const;
export type SeriesWindow = keyof typeof SERIES_WINDOWS;

/** Up to which span each step is used, both in ms: a chart has 30 to 200 steps. */
const STEPS = [
  [2 * HOUR_MS, MINUTE_MS],
  [8 * HOUR_MS, 5 * MINUTE_MS],
  [2 * DAY_MS, 15 * MINUTE_MS],
  [8 * DAY_MS, HOUR_MS],
  [40 * DAY_MS, 6 * HOUR_MS],
] as const;

export interface SeriesRange {
  /** On whole steps, … */
  from: Date;
  /** … both. */
  to: Date;
  stepMs: number;
}

/** A longer range is cut at its beginning, ms: metrics are not kept that long. */
const RANGE_MAX_MS = 400 * DAY_MS;

/** A range widened to whole steps, and to one step at least. */
export function rangeOf(from: Date, to: Date): SeriesRange {
  const spanMs = Math.min(to.getTime() - from.getTime(), RANGE_MAX_MS);
  const stepMs = STEPS.find(([upToMs]) => spanMs <= upToMs)?.[1] ?? DAY_MS;
  const first = Math.floor(Math.max(from.getTime(), to.getTime() - RANGE_MAX_MS) / stepMs) * stepMs;
  const last = Math.max(Math.ceil(to.getTime() / stepMs) * stepMs, first + stepMs);
  return { from: new Date(first), to: new Date(last), stepMs };
}

/** The range of a window: its last step is the one that `now` is in. */
export function rangeUntil(windowMs: number, now: Date): SeriesRange {
  const { stepMs } = rangeOf(new Date(now.getTime() - windowMs), now);
  const to = (Math.floor(now.getTime() / stepMs) + 1) * stepMs;
  return { from: new Date(to - windowMs), to: new Date(to), stepMs };
}

/** The whole hours within a range; the minutes before and after them are read one by one. */
export function wholeHours({ from, to }: Pick<SeriesRange, 'from' | 'to'>): { first: Date; end: Date } {
  const first = Math.ceil(from.getTime() / HOUR_MS) * HOUR_MS;
  const end = Math.max(first, Math.floor(to.getTime() / HOUR_MS) * HOUR_MS);
  return { first: new Date(Math.min(first, to.getTime())), end: new Date(Math.min(end, to.getTime())) };
}
