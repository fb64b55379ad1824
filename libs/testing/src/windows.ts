import type { MetricWindows } from '@breakwater/metrics';
import type { Database } from '@breakwater/platform';
import { MetricsStore } from '../../metrics/src/webhook-metrics/metrics.store.js';

export function windowsOver(database: Database): MetricWindows {
  return new MetricsStore(database);
}
