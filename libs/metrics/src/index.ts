export { MetricsModule } from './metrics.module.js';
export { AllAppsStore } from './roll-up/all-apps.store.js';
export { RollUp } from './roll-up/roll-up.service.js';
export { METRIC_WINDOWS, type MetricWindow } from './webhook-metrics/metric-window.js';
export { MetricWindows, type Counted, type WindowCounts } from './webhook-metrics/metric-windows.js';
export type { RollingCounts, RollingPeriod } from './webhook-metrics/rolling-counts.js';
export { WebhookMetrics } from './webhook-metrics/webhook-metrics.service.js';
export {
  MetricSeries,
  type CapabilityNumbers,
  type LastHours,
  type SeriesPeriod,
  type SeriesReport,
} from './series/metric-series.service.js';
export { SERIES_WINDOWS, type SeriesWindow } from './series/series-range.js';
export { p95Of, type Ends, type SeriesNumbers, type SeriesPoint } from './series/series-report.js';
