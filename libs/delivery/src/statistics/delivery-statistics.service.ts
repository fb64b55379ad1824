import { Injectable } from '@nestjs/common';
import { byEventType, summaryOf, type DeliveryCounts, type DeliverySummary } from './delivery-statistics.js';
import { DeliveryStatisticsStore, type RecentFailure } from './delivery-statistics.store.js';

export const STATISTICS_RANGES = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
} as const;
export type StatisticsRange = keyof typeof STATISTICS_RANGES;

export interface DeliveryStatistics {
  summary: DeliverySummary;
  byEventType: Record<string, DeliveryCounts>;
}

/** Statistics of deliveries for the owner of an app. */
@Injectable()
export class DeliveryStatisticsReader {
  constructor(private readonly store: DeliveryStatisticsStore) {}

  /**
   * Counts deliveries accepted within the range.
   * @param appId null counts all apps
   * @param as the app whose key is used; null is the platform itself
   */
  async read(appId: string | null, range: StatisticsRange, as: string | null): Promise<DeliveryStatistics> {
    const rows = await this.store.count(appId, STATISTICS_RANGES[range], as);
    return { summary: summaryOf(rows), byEventType: byEventType(rows) };
  }

  /** The latest that ended without success, newest first. */
  async failures(appId: string | null, limit: number, as: string | null): Promise<RecentFailure[]> {
    return this.store.failures(appId, limit, as);
  }
}
