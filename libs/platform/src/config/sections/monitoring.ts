import { duration } from '../kinds.js';
import { Setting } from '../setting.js';

export class MonitoringConfig {
  static readonly title = 'Health checks and alerts';

  @Setting(
    'APP_HEALTH_CHECK_INTERVAL',
    duration(5000, 86_400_000),
    'How often each app’s health URL is called.',
  )
  readonly healthCheckIntervalMs: number = 300_000;

  @Setting('APP_HEALTH_CHECK_TIMEOUT', duration(100, 60_000), 'Deadline of a health check.')
  readonly healthCheckTimeoutMs: number = 5000;

  @Setting('ALERT_CHECK_INTERVAL', duration(1000, 86_400_000), 'How often alert rules are evaluated.')
  readonly alertCheckIntervalMs: number = 300_000;
}
