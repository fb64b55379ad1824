import { duration, integer, oneOf } from '../kinds.js';
import { Setting } from '../setting.js';

export const CIRCUIT_BREAKER_MODES = ['enforce', 'observe', 'off'] as const;
export type CircuitBreakerMode = (typeof CIRCUIT_BREAKER_MODES)[number];

export class CircuitBreakerConfig {
  static readonly title = 'Circuit breaker';

  @Setting(
    'CIRCUIT_BREAKER_MODE',
    oneOf(...CIRCUIT_BREAKER_MODES),
    '`observe` counts, logs and alerts, but lets every call pass.',
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
    'CIRCUIT_BREAKER_FAILURE_RATE',
    integer(0, 100),
    'Per cent of failed calls within the window that open a breaker, in addition to failures in a row; 0: not checked.',
  )
  readonly failureRate: number = 0;

  @Setting(
    'CIRCUIT_BREAKER_SLOW_CALL_RATE',
    integer(0, 100),
    'Per cent of slow calls within the window that open a breaker, also when they succeed; 0: not checked.',
  )
  readonly slowCallRate: number = 0;

  @Setting('CIRCUIT_BREAKER_SLOW_CALL', duration(1, 60_000), 'A call of this duration or longer is slow.')
  readonly slowCallMs: number = 2_000;

  @Setting('CIRCUIT_BREAKER_WINDOW', duration(1000, 3_600_000), 'The window of both rates, per process.')
  readonly windowMs: number = 60_000;

  @Setting(
    'CIRCUIT_BREAKER_MIN_CALLS',
    integer(1, 100_000),
    'With fewer calls in the window, rates do not open a breaker.',
  )
  readonly minCalls: number = 10;

  @Setting(
    'BREAKER_HEALTH_INTERVAL',
    duration(1000, 86_400_000),
    'How often an app’s health URL is called while one of its breakers is open: a healthy answer brings the probe forward.',
  )
  readonly healthIntervalMs: number = 5000;

  @Setting(
    'BREAKER_NOTICE_COOLDOWN',
    duration(0, 86_400_000),
    'After a mail about a breaker, its further changes are collected for this time and sent in one mail; 0 sends each at once.',
  )
  readonly noticeCooldownMs: number = 900_000;
}
