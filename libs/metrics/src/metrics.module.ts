import { Module } from '@nestjs/common';
import { Gauges } from './prometheus/gauges.service.js';
import { GaugesStore } from './prometheus/gauges.store.js';
import { AllAppsStore } from './roll-up/all-apps.store.js';
import { RollUp } from './roll-up/roll-up.service.js';
import { RollUpStore } from './roll-up/roll-up.store.js';
import { MetricSeries } from './series/metric-series.service.js';
import { SeriesStore } from './series/series.store.js';
import { MetricWindows } from './webhook-metrics/metric-windows.js';
import { MetricsStore } from './webhook-metrics/metrics.store.js';
import { WebhookMetrics } from './webhook-metrics/webhook-metrics.service.js';

/** Numbers about calls: rolled up, read by window, and shown to Prometheus. */
@Module({
  providers: [
    AllAppsStore,
    Gauges,
    GaugesStore,
    MetricSeries,
    MetricsStore,
    RollUp,
    RollUpStore,
    SeriesStore,
    WebhookMetrics,
    { provide: MetricWindows, useExisting: MetricsStore },
  ],
  exports: [AllAppsStore, MetricSeries, MetricWindows, RollUp, WebhookMetrics],
})
export class MetricsModule {}
