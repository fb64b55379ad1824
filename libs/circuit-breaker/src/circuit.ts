import type { RatePolicy } from './rates.js';

/**
 * Times are milliseconds on one clock that the caller chooses; the store uses the database's. One that a person forced
 * stays as it is until it is automatic again; if it is open, its `retryAtMs` is infinite.
 */
export type Circuit =
  | { state: 'closed'; failures: number; forced?: true }
  | { state: 'open'; retryAtMs: number; forced?: true }
  | { state: 'half_open'; successes: number; probeUntilMs: number | null };

export type CircuitState = Circuit['state'];

/** What a person may force a circuit to be. */
export const FORCED_STATES = ['open', 'closed'] as const;
export type ForcedState = (typeof FORCED_STATES)[number];

export interface BreakerPolicy extends Partial<RatePolicy> {
  /** Consecutive failures that open it, 1 or more. */
  failureThreshold: number;
  /** From opening to the first probe, ms. */
  recoveryTimeoutMs: number;
  /** Probes in a row that close it, 1 or more. */
  successThreshold: number;
}

export type CircuitEvent =
  | { type: 'success' }
  | { type: 'failure' }
  | { type: 'rate_exceeded' }
  | { type: 'probe_started'; leaseMs: number }
  | { type: 'reset' }
  | { type: 'force'; state: ForcedState }
  | { type: 'automatic' };

type CallEvent = Exclude<CircuitEvent, { type: 'reset' | 'force' | 'automatic' }>;

export const healthy: Circuit = { state: 'closed', failures: 0 };

/** Whether a person forced it to be as it is. */
export function isForced(circuit: Circuit): boolean {
  return circuit.state !== 'half_open' && circuit.forced === true;
}

/** Decides whether a call may be sent. */
export function admit(circuit: Circuit, nowMs: number): 'pass' | 'probe' | 'refuse' {
  switch (circuit.state) {
    case 'closed':
      return 'pass';
    case 'open':
      return nowMs < circuit.retryAtMs ? 'refuse' : 'probe';
    case 'half_open': // the process of the last probe may have died: its lease expires
      return circuit.probeUntilMs !== null && nowMs < circuit.probeUntilMs ? 'refuse' : 'probe';
  }
}

/** The time from which `admit` may answer something else than `refuse`; null while calls pass. */
export function refusedUntilMs(circuit: Circuit): number | null {
  switch (circuit.state) {
    case 'closed':
      return null;
    case 'open':
      return circuit.retryAtMs;
    case 'half_open':
      return circuit.probeUntilMs;
  }
}

/** Whether one more failure opens the circuit. Always false before the first failure, whatever the threshold. */
export function isNearOpening(failures: number, { failureThreshold }: BreakerPolicy): boolean {
  return failures >= Math.max(1, failureThreshold - 1);
}

/** The state machine. An event that cannot happen in a state (a late result) changes nothing. */
export function transition(
  circuit: Circuit,
  event: CircuitEvent,
  nowMs: number,
  policy: BreakerPolicy,
): Circuit {
  if (event.type === 'force') return forcedTo(event.state);
  if (event.type === 'automatic') return isForced(circuit) ? automaticAfter(circuit, nowMs) : circuit;
  if (isForced(circuit)) return circuit;
  if (event.type === 'reset') return healthy;
  switch (circuit.state) {
    case 'closed':
      return whenClosed(circuit, event, nowMs, policy);
    case 'open':
      return event.type === 'probe_started' && nowMs >= circuit.retryAtMs
        ? { state: 'half_open', successes: 0, probeUntilMs: nowMs + event.leaseMs }
        : circuit;
    case 'half_open':
      return whenHalfOpen(circuit, event, nowMs, policy);
  }
}

function forcedTo(state: ForcedState): Circuit {
  return state === 'open'
    ? { state, retryAtMs: Number.POSITIVE_INFINITY, forced: true }
    : { state, failures: 0, forced: true };
}

/** One that was forced open is probed at once: nobody knows whether the app is healthy. */
function automaticAfter({ state }: Circuit, nowMs: number): Circuit {
  return state === 'open' ? { state, retryAtMs: nowMs } : healthy;
}

function whenClosed(
  circuit: Extract<Circuit, { state: 'closed' }>,
  event: CallEvent,
  nowMs: number,
  policy: BreakerPolicy,
): Circuit {
  if (event.type === 'success') return circuit.failures === 0 ? circuit : healthy;
  if (event.type === 'rate_exceeded') return { state: 'open', retryAtMs: nowMs + policy.recoveryTimeoutMs };
  if (event.type !== 'failure') return circuit;
  const failures = circuit.failures + 1;
  return failures >= policy.failureThreshold
    ? { state: 'open', retryAtMs: nowMs + policy.recoveryTimeoutMs }
    : { state: 'closed', failures };
}

function whenHalfOpen(
  circuit: Extract<Circuit, { state: 'half_open' }>,
  event: CallEvent,
  nowMs: number,
  policy: BreakerPolicy,
): Circuit {
  switch (event.type) {
    case 'rate_exceeded': // by calls from before it opened
      return circuit;
    case 'probe_started':
      return admit(circuit, nowMs) === 'probe'
        ? { ...circuit, probeUntilMs: nowMs + event.leaseMs }
        : circuit;
    case 'failure':
      return { state: 'open', retryAtMs: nowMs + policy.recoveryTimeoutMs };
    case 'success': {
      const successes = circuit.successes + 1;
      return successes >= policy.successThreshold
        ? healthy
        : { state: 'half_open', successes, probeUntilMs: null };
    }
  }
}
