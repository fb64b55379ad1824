/** Ratio of the buckets above `EXACT_BELOW`: the middle of a bucket is at most 0.5 % away from its values. */
const GROWTH = 1.01;
/** Below this, ms, each whole millisecond has a bucket of its own. */
const EXACT_BELOW = 200;

/** Enough for durations of half an hour. */
const BUCKETS = 1200;

/** How many durations are in each bucket, by the number of the bucket. */
export type Histogram = Float64Array;

export function emptyHistogram(): Histogram {
  return new Float64Array(BUCKETS);
}

/**
 * The duration, ms, that represents a bucket; within 0.5 % of each of its values.
 * @param bucket from the SQL function `duration_bucket`
 */
export function durationOf(bucket: number): number {
  if (bucket < EXACT_BELOW) return bucket;
  return Math.round(EXACT_BELOW * GROWTH ** (bucket - EXACT_BELOW + 0.5) * 10) / 10;
}

/** Adds `counts` to the `buckets` at the same index of a histogram. A null bucket has no durations. */
export function addTo(
  histogram: Histogram,
  buckets: readonly (number | null)[],
  counts: readonly number[],
): void {
  for (let place = 0; place < buckets.length; place++) {
    const bucket = buckets[place] ?? null;
    if (bucket !== null) histogram[Math.min(bucket, BUCKETS - 1)]! += counts[place]!;
  }
}

/**
 * Durations, ms, that a share of all does not exceed: the nearest rank, like PostgreSQL's percentile_disc.
 * @param shares in (0, 1], ascending
 * @returns one for each share, null for each when the histogram is empty
 */
export function percentiles(histogram: Histogram, shares: readonly number[]): (number | null)[] {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let bucket = 0;
  let upTo = histogram[0]!;
  return shares.map((share) => {
    if (total === 0) return null;
    const rank = Math.max(1, Math.ceil(share * total - 1e-9));
    while (upTo < rank) upTo += histogram[++bucket]!;
    return durationOf(bucket);
  });
}
