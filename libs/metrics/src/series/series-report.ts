import { addTo, emptyHistogram, percentiles } from '../webhook-metrics/histogram.js';
import { Sum, type MetricNumbers, type MetricPiece } from '../webhook-metrics/metrics-report.js';

/** Stored counts with what the calls answered and how the deliveries ended. */
export interface MarkedPiece extends MetricPiece {
  marks: string[] | null;
  markCounts: number[] | null;
}

/** How deliveries ended. */
export interface Ends {
  completed: number;
  /** Sync: a fallback answered. */
  fallback: number;
  /** Sync: nobody answered. */
  failed: number;
  deadLetter: number;
}

export interface SeriesNumbers extends MetricNumbers {
  ends: Ends;
  /** Calls by the class of their status, such as `2xx`; `none` without an answer. */
  statuses: Record<string, number>;
  /** Failed calls by error class. */
  errors: Record<string, number>;
}

export interface SeriesPoint extends SeriesNumbers {
  /** When the step began. */
  at: Date;
}

/** Adds up pieces with their marks. */
export class MarkedSum {
  private readonly sum = new Sum();
  private readonly marked = new Map<string, number>();

  add(piece: MarkedPiece): void {
    this.sum.add(piece);
    for (const [place, mark] of (piece.marks ?? []).entries())
      this.marked.set(mark, (this.marked.get(mark) ?? 0) + piece.markCounts![place]!);
  }

  numbers(): SeriesNumbers {
    const of = (mark: string): number => this.marked.get(mark) ?? 0;
    return {
      ...this.sum.numbers(),
      ends: {
        completed: of('end:completed'),
        fallback: of('end:fallback'),
        failed: of('end:failed'),
        deadLetter: of('end:dead_letter'),
      },
      statuses: this.startingWith('status:'),
      errors: this.startingWith('error:'),
    };
  }

  private startingWith(prefix: string): Record<string, number> {
    const found = [...this.marked]
      .filter(([mark]) => mark.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(found.map(([mark, count]) => [mark.slice(prefix.length), count]));
  }
}

/** The numbers of all pieces. */
export function sumOf(pieces: readonly MarkedPiece[]): SeriesNumbers {
  const sum = new MarkedSum();
  for (const piece of pieces) sum.add(piece);
  return sum.numbers();
}

/** Every step of a range, oldest first; one without calls has zeros. */
export function seriesOf(
  pieces: readonly MarkedPiece[],
  { from, to, stepMs }: { from: Date; to: Date; stepMs: number },
): SeriesPoint[] {
  const steps = Array.from({ length: (to.getTime() - from.getTime()) / stepMs }, () => new MarkedSum());
  for (const piece of pieces) steps[Math.floor((piece.at.getTime() - from.getTime()) / stepMs)]?.add(piece);
  return steps.map((step, n) => ({ at: new Date(from.getTime() + n * stepMs), ...step.numbers() }));
}

/** The duration, ms, that 95 of 100 calls did not exceed; null without calls. */
export function p95Of(pieces: readonly Pick<MarkedPiece, 'buckets' | 'counts'>[]): number | null {
  const histogram = emptyHistogram();
  for (const { buckets, counts } of pieces) if (buckets && counts) addTo(histogram, buckets, counts);
  return percentiles(histogram, [0.95])[0]!;
}
