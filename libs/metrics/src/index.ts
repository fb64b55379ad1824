export { MetricsModule } from './metrics.module.js';
export { RollUp } from './roll-up/roll-up.service.js';
export { METRIC_WINDOWS, type MetricWindow } from './webhook-metrics/metric-window.js';
export { MetricWindows, type WindowCounts } from './webhook-metrics/metric-windows.js';
export { WebhookMetrics } from './webhook-metrics/webhook-metrics.service.js';
