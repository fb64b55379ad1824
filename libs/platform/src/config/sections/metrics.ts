import { duration, flag } from '../kinds.js';
import { Setting } from '../setting.js';

export class MetricsConfig {
  static readonly title = 'Metrics';

  @Setting('WEBHOOK_METRICS', flag, 'Whether calls are rolled up into metrics.')
  readonly enabled: boolean = true;

  @Setting('WEBHOOK_METRICS_INTERVAL', duration(1000, 3_600_000), 'How often calls are rolled up.')
  readonly intervalMs: number = 15_000;
}
