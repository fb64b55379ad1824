import { addTo, emptyHistogram, percentiles } from './histogram.js';

/** The stored counts of one minute or hour, or of calls that are not rolled up yet. */
export interface MetricPiece {
  at: Date;
  calls: number;
  successes: number;
  timeouts: number;
  /** Of the durations; null, or a null bucket, where the end of the calls is unknown. */
  buckets: (number | null)[] | null;
  counts: number[] | null;
}

export interface MetricNumbers {
  /** Calls that were made, each attempt one. */
  total: number;
  successes: number;
  failures: number;
  /** Failures without an answer in time. */
  timeouts: number;
  /** Per cent of the calls, two digits; null without calls. */
  successRate: number | null;
  timeoutRate: number | null;
  /** Durations that 50, 95 and 99 of 100 calls did not exceed, ms, within 1 %; null without calls. */
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

/** One step of the series. */
export interface MetricPoint extends MetricNumbers {
  /** When the step began. */
  at: Date;
}

export interface MetricsReport {
  /** Calls that began at `from` or later … */
  from: Date;
  /** … and before this. */
  to: Date;
  stepMs: number;
  totals: MetricNumbers;
  /** Every step of the window, oldest first; one without calls has zeros. */
  series: MetricPoint[];
}

/** Adds pieces up. */
export class Sum {
  private calls = 0;
  private successes = 0;
  private timeouts = 0;
  private readonly histogram = emptyHistogram();

  add({ calls, successes, timeouts, buckets, counts }: MetricPiece): void {
    this.calls += calls;
    this.successes += successes;
    this.timeouts += timeouts;
    if (buckets && counts) addTo(this.histogram, buckets, counts);
  }

  numbers(): MetricNumbers {
    const { calls, successes, timeouts } = this;
    const rate = (part: number): number | null =>
      calls === 0 ? null : Math.round((part / calls) * 10_000) / 100;
    const [p50Ms, p95Ms, p99Ms] = percentiles(this.histogram, [0.5, 0.95, 0.99]) as [number, number, number];
    return {
      total: calls,
      successes,
      failures: calls - successes,
      timeouts,
      successRate: rate(successes),
      timeoutRate: rate(timeouts),
      p50Ms,
      p95Ms,
      p99Ms,
    };
  }
}

/** Adds up the stored counts of a window. */
export function reportOf(
  pieces: readonly MetricPiece[],
  { from, to, stepMs }: { from: Date; to: Date; stepMs: number },
): MetricsReport {
  const total = new Sum();
  const steps = Array.from({ length: (to.getTime() - from.getTime()) / stepMs }, () => new Sum());
  for (const piece of pieces) {
    total.add(piece);
    steps[Math.floor((piece.at.getTime() - from.getTime()) / stepMs)]?.add(piece);
  }
  const series = steps.map((step, n) => ({ at: new Date(from.getTime() + n * stepMs), ...step.numbers() }));
  return { from, to, stepMs, totals: total.numbers(), series };
}
