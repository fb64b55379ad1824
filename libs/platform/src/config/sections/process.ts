import { duration } from '../kinds.js';
import { Setting } from '../setting.js';

export class ProcessConfig {
  static readonly title = 'Process';

  @Setting(
    'DRAIN_NOTICE',
    duration(0, 600_000),
    'How long a stopping process reports "not ready" and still serves, so that load balancers remove it first.',
  )
  readonly drainNoticeMs: number = 500;

  @Setting('READINESS_TIMEOUT', duration(50, 10_000), 'Longest wait for one part of `/readyz`.')
  readonly readinessTimeoutMs: number = 300;
}

export class HintsConfig {
  static readonly title = 'Storage';

  @Setting(
    'HINT_HEARTBEAT',
    duration(100, 60_000),
    'How often the connection for hints between processes is checked, and the longest wait for its answer.',
  )
  readonly heartbeatMs: number = 2000;
}
