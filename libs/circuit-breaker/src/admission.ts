import type { BreakerKey } from './breaker.store.js';
import type { JudgedResult } from './change-of.js';
import type { BreakerPolicy, CircuitState } from './circuit.js';

export type BreakerMode = 'enforce' | 'observe' | 'off';

export interface BreakerOptions {
  mode: BreakerMode;
  /** Longest time without a refresh, ms; 4 s by default. */
  refreshMs?: number;
  /** Name of this process, for people who see who holds the lease of a probe. */
  processName?: string;
}

/** Whether a call may be sent; passed back with its result. */
export type Admission =
  /** `generation` is null where this process has read no row: the result counts while the circuit is closed. */
  | { kind: 'pass'; key: BreakerKey; policy: BreakerPolicy; generation: number | null }
  | { kind: 'probe'; key: BreakerKey; policy: BreakerPolicy; generation: number; token: string }
  | { kind: 'refused'; key: BreakerKey; retryInMs: number }
  /** It is sent, and its result changes nothing: the breaker is off, or in mode observe. */
  | { kind: 'unjudged'; key: BreakerKey };

export type CallResult = JudgedResult | { judged: 'ignored' };

export type JudgedAdmission = Extract<Admission, { kind: 'pass' | 'probe' }>;

/** What the log says of a change. */
export interface ChangeOfState {
  from: CircuitState;
  to: CircuitState;
  failures: number;
  reason?: string;
}
