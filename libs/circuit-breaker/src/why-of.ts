import type { BreakerPolicy, CircuitState, ForcedState } from './circuit.js';

/** What is known of a breaker. */
export interface Known {
  state: CircuitState;
  failureCount: number;
  successCount: number;
  lastReason: string | null;
  forced: ForcedState | null;
  forcedBy: string | null;
  forcedReason: string | null;
}

/** A row of the history that says why it opened. */
interface Opening {
  toState: string;
  cause: string;
  lastReason: string | null;
}

/**
 * One sentence for people: why the breaker is as it is.
 * @param history newest first
 */
export function whyOf(known: Known, policy: BreakerPolicy, history: readonly Opening[]): string {
  const { state, failureCount, successCount, lastReason, forced, forcedBy, forcedReason } = known;
  if (forced !== null) return `It was forced ${forced} by ${forcedBy}: ${forcedReason}`;
  if (state === 'half_open')
    return `It is being probed: ${successCount} of ${policy.successThreshold} probes in a row succeeded.`;
  if (state === 'open') return openBecause(history, failureCount, lastReason);
  return failureCount === 0
    ? 'It is closed: the last call did not fail.'
    : `It is closed: ${failureCount} of ${policy.failureThreshold} failures in a row that open it${withLast(lastReason)}`;
}

function openBecause(history: readonly Opening[], failures: number, lastReason: string | null): string {
  const opening = history.find(({ toState }) => toState === 'open');
  switch (opening?.cause) {
    case 'failure_rate':
    case 'slow_calls':
      return `It opened: ${opening.lastReason}`;
    case 'probe_failed':
      return `It is open again: a probe failed after ${failures} failures${withLast(lastReason)}`;
    case 'automatic':
      return 'It was forced open until a person made it automatic again; the next call is the probe.';
    default:
      return `It opened after ${failures} failures in a row${withLast(lastReason)}`;
  }
}

function withLast(reason: string | null): string {
  return reason === null ? '.' : `, the last with: ${reason}`;
}

/** What made a change of a breaker: a rule, a person, or a healthy answer of the app's health URL. */
export function triggerOf({ cause, actor }: { cause: string; actor: string | null }): Trigger {
  if (cause === 'health_check') return 'health_check';
  return actor === null ? 'automatic' : 'manual';
}

export type Trigger = 'automatic' | 'manual' | 'health_check';
