import { duration, integer, oneOf } from '../kinds.js';
import { Setting } from '../setting.js';

export const CIRCUIT_BREAKER_MODES = ['enforce', 'observe', 'off'] as const;
export type CircuitBreakerMode = (typeof CIRCUIT_BREAKER_MODES)[number];

export class CircuitBreakerConfig {
  static readonly title = 'Circuit breaker';

  @Setting(
    'CIRCUIT_BREAKER_MODE',
    oneOf(...CIRCUIT_BREAKER_MODES),
    '`observe` counts, logs and alerts but lets every call through.',
  )
  readonly mode: CircuitBreakerMode = 'enforce';

  @Setting('CIRCUIT_BREAKER_FAILURE_THRESHOLD', integer(1, 1000), 'Consecutive failures that open a breaker.')
  readonly failureThreshold: number = 5;

  @Setting(
    'CIRCUIT_BREAKER_RECOVERY_TIMEOUT',
    duration(100, 86_400_000),
    'Time from open to the first probe.',
  )
  readonly recoveryTimeoutMs: number = 60_000;

  @Setting('CIRCUIT_BREAKER_SUCCESS_THRESHOLD', integer(1, 100), 'Successful probes that close it again.')
  readonly successThreshold: number = 3;

  @Setting(
    'BREAKER_HEALTH_INTERVAL',
    duration(1000, 86_400_000),
    'How often an app’s health URL is asked while one of its breakers is open: a healthy answer brings the probe forward.',
  )
  readonly healthIntervalMs: number = 5000;

  @Setting(
    'BREAKER_NOTICE_COOLDOWN',
    duration(0, 86_400_000),
    'After a mail about a breaker its further changes are held for so long and told in one; 0 tells each by itself.',
  )
  readonly noticeCooldownMs: number = 900_000;
}
