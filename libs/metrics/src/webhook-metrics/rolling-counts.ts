import { addTo, emptyHistogram, percentiles, type Histogram } from './histogram.js';

/** The stored counts of one minute or hour. */
export interface CountPiece {
  at: Date;
  calls: number;
  successes: number;
  timeouts: number;
  ended: number;
  endedAttempts: number;
  buckets: (number | null)[] | null;
  counts: number[] | null;
}

/** The counts of the window that ends at a time. */
export interface RollingCounts extends Omit<CountPiece, 'buckets' | 'counts'> {
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

export interface RollingPeriod {
  from: Date;
  to: Date;
  stepMs: number;
  windowMs: number;
}

const SUMS = ['calls', 'successes', 'timeouts', 'ended', 'endedAttempts'] as const;

/**
 * What a rule with a window saw at each step from `from` to `to`, both included: the counts of the pieces that began
 * within the window before it. Each piece is added and removed once.
 * @param pieces in the order of time, from one window before `from`
 */
export function rollingCounts(
  pieces: readonly CountPiece[],
  { from, to, stepMs, windowMs }: RollingPeriod,
): RollingCounts[] {
  const sums = { calls: 0, successes: 0, timeouts: 0, ended: 0, endedAttempts: 0 };
  const histogram = emptyHistogram();
  const change = (piece: CountPiece, sign: 1 | -1): void => {
    for (const name of SUMS) sums[name] += sign * piece[name];
    if (piece.buckets && piece.counts) addSigned(histogram, piece.buckets, piece.counts, sign);
  };
  const points: RollingCounts[] = [];
  let added = 0;
  let removed = 0;
  for (let atMs = from.getTime(); atMs <= to.getTime(); atMs += stepMs) {
    while (added < pieces.length && pieces[added]!.at.getTime() < atMs) change(pieces[added++]!, 1);
    while (removed < added && pieces[removed]!.at.getTime() < atMs - windowMs) change(pieces[removed++]!, -1);
    const [p50Ms, p95Ms, p99Ms] = percentiles(histogram, [0.5, 0.95, 0.99]);
    points.push({
      at: new Date(atMs),
      ...sums,
      p50Ms: p50Ms ?? null,
      p95Ms: p95Ms ?? null,
      p99Ms: p99Ms ?? null,
    });
  }
  return points;
}

function addSigned(
  histogram: Histogram,
  buckets: readonly (number | null)[],
  counts: readonly number[],
  sign: 1 | -1,
): void {
  addTo(histogram, buckets, sign === 1 ? counts : counts.map((count) => -count));
}
