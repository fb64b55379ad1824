import { Injectable } from '@nestjs/common';
import { AppRegistry, CapabilityNotFoundError } from '@breakwater/manifest';
import {
  MetricSeries,
  type CapabilityNumbers,
  type SeriesPeriod,
  type SeriesReport,
} from '@breakwater/metrics';
import { MarkersStore, type Marker } from './markers.store.js';

export interface AppSeriesReport extends SeriesReport {
  capabilities: CapabilityNumbers[];
  /** Changes within the range, oldest first. */
  markers: Marker[];
}

/** What the charts of an app show. */
@Injectable()
export class AppSeries {
  constructor(
    private readonly metrics: MetricSeries,
    private readonly markers: MarkersStore,
    private readonly apps: AppRegistry,
  ) {}

  /**
   * @param capability null: all of the app's together
   * @param as the app whose key is used; null is the platform itself
   * @throws AppNotFoundError; CapabilityNotFoundError
   */
  async of(
    appId: string,
    capability: string | null,
    period: SeriesPeriod,
    as: string | null,
  ): Promise<AppSeriesReport> {
    await this.apps.get(appId, as);
    if (capability !== null && !(await this.apps.hasCapability(appId, capability)))
      throw new CapabilityNotFoundError(appId, capability);
    const range = await this.metrics.range(period);
    const [report, capabilities, markers] = await Promise.all([
      this.metrics.of({ appId, capability }, range, as),
      this.metrics.byCapability(appId, range, as),
      this.markers.within(appId, capability, range),
    ]);
    return {
      ...report,
      capabilities: capabilities.filter((row) => capability === null || row.capability === capability),
      markers,
    };
  }
}
