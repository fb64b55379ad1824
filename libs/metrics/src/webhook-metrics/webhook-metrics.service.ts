import { Injectable } from '@nestjs/common';
import { METRIC_WINDOWS, windowAt, type MetricWindow } from './metric-window.js';
import { reportOf, type MetricsReport } from './metrics-report.js';
import { MetricsStore } from './metrics.store.js';

/** Metrics of an app's calls, or of one of its capabilities. */
@Injectable()
export class WebhookMetrics {
  constructor(private readonly store: MetricsStore) {}

  /**
   * @param capability null: all of the app's together
   * @param as the app whose key is used; null is the platform itself
   * @returns zeros where there were no calls
   */
  async of(
    appId: string,
    capability: string | null,
    window: MetricWindow,
    as: string | null = null,
  ): Promise<MetricsReport> {
    const { stepMs, by } = METRIC_WINDOWS[window];
    const period = windowAt(window, await this.store.now());
    return reportOf(await this.store.pieces({ appId, capability, by }, period, as), { ...period, stepMs });
  }
}
