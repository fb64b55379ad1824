import { integer, word } from '../kinds.js';
import { Setting } from '../setting.js';

export class TelemetryConfig {
  static readonly title = 'Metrics';

  @Setting(
    'METRICS_PORT',
    integer(1, 65_535),
    'Port of every role with `/metrics` for Prometheus, open to whoever reaches it; the API has it with an admin key too.',
  )
  readonly metricsPort?: number;

  @Setting(
    'METRICS_HOST',
    word(/^[^\s/]+$/, 'a host name or an address'),
    'Address to go with `METRICS_PORT`.',
  )
  readonly metricsHost: string = '127.0.0.1';
}
