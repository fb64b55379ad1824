import { Injectable } from '@nestjs/common';
import { SERIES_WINDOWS, rangeOf, rangeUntil, type SeriesRange, type SeriesWindow } from './series-range.js';
import { MarkedSum, seriesOf, sumOf, type SeriesNumbers, type SeriesPoint } from './series-report.js';
import { SeriesStore } from './series.store.js';

export interface CapabilityNumbers extends SeriesNumbers {
  capability: string;
}

export interface SeriesReport extends SeriesRange {
  totals: SeriesNumbers;
  /** Every step of the range, oldest first. */
  series: SeriesPoint[];
}

/** A window until now, or a range. */
export type SeriesPeriod = { window: SeriesWindow } | { from: Date; to?: Date };

/** The last hour to the minute, the hour before, and the last five whole minutes. */
export interface LastHours {
  last: SeriesNumbers;
  before: SeriesNumbers;
  fiveMinutes: SeriesNumbers;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Calls and the ends of deliveries over time, for charts. */
@Injectable()
export class MetricSeries {
  constructor(private readonly store: SeriesStore) {}

  /** The range of a period: on whole steps. */
  async range(period: SeriesPeriod): Promise<SeriesRange> {
    const now = await this.store.now();
    if ('window' in period) return rangeUntil(SERIES_WINDOWS[period.window], now);
    return rangeOf(period.from, period.to ?? now);
  }

  /**
   * @param of app null: all apps; capability null: all of the app's together
   * @param as the app whose key is used; null is the platform itself
   */
  async of(
    of: { appId: string | null; capability: string | null },
    range: SeriesRange,
    as: string | null = null,
  ): Promise<SeriesReport> {
    const pieces = await this.store.pieces(of, range, as);
    return { ...range, totals: sumOf(pieces), series: seriesOf(pieces, range) };
  }

  /** @param appId null: all apps */
  async lastHours(appId: string | null): Promise<LastHours & { range: SeriesRange }> {
    const range = rangeUntil(2 * HOUR_MS, await this.store.now());
    const pieces = await this.store.pieces({ appId, capability: null }, range, null);
    const toMs = range.to.getTime();
    const between = (fromMs: number, untilMs: number): SeriesNumbers =>
      sumOf(pieces.filter(({ at }) => at.getTime() >= fromMs && at.getTime() < untilMs));
    return {
      range,
      last: between(toMs - HOUR_MS, toMs),
      before: between(range.from.getTime(), toMs - HOUR_MS),
      fiveMinutes: between(toMs - 6 * MINUTE_MS, toMs - MINUTE_MS),
    };
  }

  /** The same by capability, without steps: by name, those without calls left out. */
  async byCapability(
    appId: string,
    range: SeriesRange,
    as: string | null = null,
  ): Promise<CapabilityNumbers[]> {
    const sums = new Map<string, MarkedSum>();
    for (const piece of await this.store.byCapability(appId, range, as)) {
      const sum = sums.get(piece.capability) ?? new MarkedSum();
      sums.set(piece.capability, sum);
      sum.add(piece);
    }
    return [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([capability, sum]) => ({ capability, ...sum.numbers() }));
  }
}
