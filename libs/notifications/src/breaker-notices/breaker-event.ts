/** The contents of a mail about a breaker. */
export interface BreakerEvent {
  /** Of the change in the breaker's history. */
  id: number;
  generation: number;
  happened: 'opened' | 'closed';
  appId: string;
  appName: string;
  capability: string;
  /** Name of the subscription whose endpoint it is; null: it is of a capability, or the subscription was deleted. */
  subscription: string | null;
  at: Date;
  /** The first failure of the series that opened it. */
  failingSince: Date | null;
  /** Failures in a row when it opened. */
  failureCount: number;
  /** Of the change: failures, failure_rate, slow_calls … */
  cause: string;
  lastError: string | null;
  /** Who forced it, and why; null: it was not forced. */
  forced: { by: string; reason: string } | null;
  /** Who reset it; null when probes closed it, or when it opened. */
  resetBy: string | null;
  /** How long it was open, ms; null when that is not known, or when it opened. */
  openMs: number | null;
  /** False when breakers only observe (`CIRCUIT_BREAKER_MODE=observe`). */
  enforced: boolean;
}

/**
 * Which changes of state send a mail: one when an outage starts and one when it ends. A failed probe opens the circuit
 * again, but the owner knows of that outage already; a probe that is sent is not reported either.
 */
export function openedOrClosed(fromState: string, toState: string): BreakerEvent['happened'] | null {
  if (fromState === 'closed' && toState === 'open') return 'opened';
  if (fromState !== 'closed' && toState === 'closed') return 'closed';
  return null;
}
