import type { Change, ForcedBy } from './breaker.store.js';
import {
  healthy,
  isForced,
  isNearOpening,
  transition,
  type BreakerPolicy,
  type Circuit,
  type CircuitEvent,
  type CircuitState,
} from './circuit.js';
import type { Exceeded } from './rates.js';

/** Characters of a reason that are kept. */
const REASON_MAX = 500;

/** The result of a call, as the breaker counts it. `durationMs` is used where the policy has a slow-call rate. */
export type JudgedResult =
  { judged: 'success'; durationMs?: number } | { judged: 'failure'; reason: string; durationMs?: number };

export interface Judged {
  circuit: Circuit;
  /** Failures in the row so far. */
  failureCount: number;
  policy: BreakerPolicy;
  result: JudgedResult;
  exceeded: Exceeded | null;
  /** On the process' monotonic clock. */
  nowMs: number;
}

/** The change of a breaker that follows from a call's result; null when nothing changes. */
export function changeOf({ circuit, failureCount, policy, result, exceeded, nowMs }: Judged): Change | null {
  const byCount = transition(circuit, { type: result.judged }, nowMs, policy);
  const opensByRate = exceeded !== null && byCount.state === 'closed';
  const next = opensByRate ? transition(circuit, { type: 'rate_exceeded' }, nowMs, policy) : byCount;
  if (next === circuit) return null;
  const changed = next.state !== circuit.state;
  const error = result.judged === 'failure' ? result.reason : null;
  const counted = result.judged === 'failure' ? 1 : 0;
  return {
    next,
    retryInMs: next.state === 'open' ? next.retryAtMs - nowMs : null,
    changed,
    told: changed || isNews(circuit, policy) || isNews(next, policy),
    cause: changed ? (opensByRate ? exceeded.rate : causeOf(circuit.state, next.state)) : null,
    failureCount: (counted && circuit.state === 'closed' ? circuit.failures : failureCount) + counted,
    failed: counted === 1 || opensByRate,
    reason: opensByRate ? textOf(exceeded, error) : (error?.slice(0, REASON_MAX) ?? null),
    actor: null,
    forced: null,
    note: null,
  };
}

/** Closes a breaker by hand, counts at zero. */
export function resetOf(row: { state: CircuitState; failureCount: number }, actor: string): Change {
  return {
    next: healthy,
    retryInMs: null,
    changed: row.state !== 'closed',
    told: true,
    cause: 'reset',
    failureCount: row.failureCount,
    failed: false,
    reason: null,
    actor,
    forced: null,
    note: null,
  };
}

/** What a person orders: a state that stays until `automatic`. */
export type Order = Extract<CircuitEvent, { type: 'force' | 'automatic' }>;

/**
 * The change that a person orders, with a row in the history also where the state stays; null when there is nothing to
 * change.
 */
export function changeOfOrder(
  { circuit, failureCount }: Pick<Judged, 'circuit' | 'failureCount'>,
  order: Order,
  { actor, reason }: ForcedBy,
  nowMs: number,
): Change | null {
  const next = transition(circuit, order, nowMs, NO_POLICY);
  if (next === circuit) return null;
  return {
    next,
    retryInMs: next.state === 'open' && !isForced(next) ? next.retryAtMs - nowMs : null,
    changed: true,
    told: true,
    cause: order.type === 'automatic' ? 'automatic' : `forced_${order.state}`,
    failureCount,
    failed: false,
    reason: null,
    actor,
    forced: order.type === 'force' ? { actor, reason } : null,
    note: reason,
  };
}

/** An order does not depend on the policy. */
const NO_POLICY: BreakerPolicy = { failureThreshold: 1, recoveryTimeoutMs: 0, successThreshold: 1 };

/** Whether other processes must be notified of a state at once: a probe is free, or one more failure opens it. */
function isNews(circuit: Circuit, policy: BreakerPolicy): boolean {
  return (
    circuit.state === 'half_open' || (circuit.state === 'closed' && isNearOpening(circuit.failures, policy))
  );
}

function textOf({ reason }: Exceeded, error: string | null): string {
  return (error === null ? reason : `${reason}, the last with: ${error}`).slice(0, REASON_MAX);
}

function causeOf(from: CircuitState, to: CircuitState): 'failures' | 'probe_failed' | 'probes_succeeded' {
  if (to === 'closed') return 'probes_succeeded';
  return from === 'half_open' ? 'probe_failed' : 'failures';
}
