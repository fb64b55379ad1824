/** Widths of the buckets above `EXACT_BELOW`: the middle of one is at most 0.5 % away from what is in it. */
const GROWTH = 1.01;
/** Below this, ms, each whole millisecond has a bucket of its own. */
const EXACT_BELOW = 200;

/** How many durations fell into each bucket, by the number of the bucket. */
export type Histogram = Map<number, number>;

/**
 * The duration, ms, that stands for all in a bucket; within 0.5 % of each of them.
 * @param bucket as the SQL function `duration_bucket` gives it
 */
export function durationOf(bucket: number): number {
  if (bucket < EXACT_BELOW) return bucket;
  return Math.round(EXACT_BELOW * GROWTH ** (bucket - EXACT_BELOW + 0.5) * 10) / 10;
}

/** Adds `counts` of `buckets`, which go together by their place, to a histogram. */
export function addTo(histogram: Histogram, buckets: readonly number[], counts: readonly number[]): void {
  for (const [place, bucket] of buckets.entries()) {
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + counts[place]!);
  }
}

/**
 * Durations, ms, that a share of all does not exceed: the nearest rank, as PostgreSQL's percentile_disc has it.
 * @param shares in (0, 1], ascending
 * @returns one for each share, null for each when the histogram is empty
 */
export function percentiles(histogram: Histogram, shares: readonly number[]): (number | null)[] {
  const sorted = [...histogram].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  let next = 0;
  let upTo = 0;
  return shares.map((share) => {
    if (total === 0) return null;
    const rank = Math.max(1, Math.ceil(share * total - 1e-9));
    while (upTo < rank) upTo += sorted[next++]![1];
    return durationOf(sorted[next - 1]![0]);
  });
}
