import { decimal, integer, url, word } from '../kinds.js';
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

  @Setting(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    url('http', 'https'),
    'Collector of OpenTelemetry traces (OTLP over HTTP, without `/v1/traces`); without one there are none.',
    { secret: 'password' },
  )
  readonly otlpEndpoint?: string;

  @Setting(
    'OTEL_SERVICE_NAME',
    word(/^[^\r\n]{1,100}$/, '1 to 100 characters'),
    'What traces call this process.',
  )
  readonly serviceName: string = 'breakwater';

  @Setting('TRACE_SAMPLE_RATIO', decimal(0, 1), 'Share of traces that begin here and are kept.')
  readonly traceSampleRatio: number = 1;
}
