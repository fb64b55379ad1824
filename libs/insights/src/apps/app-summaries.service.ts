import { Injectable } from '@nestjs/common';
import { p95Of } from '@breakwater/metrics';
import { AppNumbersStore, type AppHour } from './app-numbers.store.js';
import type { AppState } from './app-state.js';
import { comparePlaces, isFound, placeOf, summaryOf, type AppSort, type AppSummary } from './app-summary.js';

export interface AppSummaryFilter {
  sort: AppSort;
  search?: string;
  state?: AppState;
  /** The place of the last one seen. */
  after?: string[];
  limit: number;
}

export type AppSummaryWithP95 = AppSummary & { p95Ms: number | null };

/** The apps with their numbers, for a list that is sorted by them. */
@Injectable()
export class AppSummaries {
  constructor(private readonly store: AppNumbersStore) {}

  /** @param as the app whose key is used, which sees itself; null is the platform itself */
  async list(
    { sort, search, state, after, limit }: AppSummaryFilter,
    as: string | null,
  ): Promise<AppSummaryWithP95[]> {
    const rows = (await this.all(as))
      .filter((app) => search === undefined || isFound(app, search))
      .filter((app) => state === undefined || app.state === state)
      .map((app) => ({ app, place: placeOf(app, sort) }))
      .sort((a, b) => comparePlaces(a.place, b.place))
      .filter(({ place }) => after === undefined || comparePlaces(place, after) > 0)
      .slice(0, limit)
      .map(({ app }) => app);
    const durations = await this.store.durations(rows.map(({ appId }) => appId));
    return rows.map((app) => ({
      ...app,
      p95Ms: p95Of(durations.filter(({ appId }) => appId === app.appId)),
    }));
  }

  /** All apps, in no order. */
  async all(as: string | null): Promise<AppSummary[]> {
    const [apps, hours, hour] = await Promise.all([
      this.store.now(as),
      this.store.hours(as),
      this.store.hour(),
    ]);
    const byApp = new Map<string, AppHour[]>();
    for (const row of hours) byApp.set(row.appId, [...(byApp.get(row.appId) ?? []), row]);
    return apps.map((app) => summaryOf(app, byApp.get(app.id) ?? [], hour));
  }
}
