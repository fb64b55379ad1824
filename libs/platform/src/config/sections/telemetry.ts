import { decimal, integer, url, word } from '../kinds.js';
import { Setting } from '../setting.js';

export class TelemetryConfig {
  static readonly title = 'Metrics';

  @Setting(
    'METRICS_PORT',
    integer(1, 65_535),
    'Port with `/metrics` for Prometheus, `/healthz` and `/readyz` in every role, open to anyone who can reach it; the API also serves `/metrics` with an admin key.',
  )
  readonly metricsPort?: number;

  @Setting('METRICS_HOST', word(/^[^\s/]+$/, 'a host name or an address'), 'Address for `METRICS_PORT`.')
  readonly metricsHost: string = '127.0.0.1';

  @Setting(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    url('http', 'https'),
    'Collector of OpenTelemetry traces (OTLP over HTTP, without `/v1/traces`); without it there are no traces.',
    { secret: 'password' },
  )
  readonly otlpEndpoint?: string;

  @Setting(
    'OTEL_SERVICE_NAME',
    word(/^[^\r\n]{1,100}$/, '1 to 100 characters'),
    'Name of this process in traces.',
  )
  readonly serviceName: string = 'breakwater';

  @Setting('TRACE_SAMPLE_RATIO', decimal(0, 1), 'Share of traces starting here that are kept.')
  readonly traceSampleRatio: number = 1;
}
