/** An attempt of the demo's history. */
export interface DayAttempt {
  deliveryId: string;
  number: number;
  startedAt: Date;
  durationMs: number;
  outcome: 'delivered' | 'http_error' | 'timeout';
  errorClass: string | null;
  httpStatus: number | null;
  error: string | null;
  next: 'done' | 'retry' | 'dead';
  nextAt: Date | null;
  answer: string | null;
}

/** A delivery of the demo's history, finished, with its attempts. */
export interface DayDelivery {
  id: string;
  appId: string;
  endpointId: string;
  capability: string;
  mode: 'sync' | 'async';
  status: 'completed' | 'fallback' | 'dead_letter';
  createdAt: Date;
  finishedAt: Date;
  body: string;
  maxAttempts: number;
  timeoutMs: number;
  attempts: DayAttempt[];
}

/** A dead letter: of a delivery that is one, or was one until a person resolved it. */
export interface DayDeadLetter {
  id: string;
  delivery: DayDelivery;
  reason: 'exhausted' | 'non_retryable';
  category: string;
  resolvedAt: Date | null;
  notes: string | null;
}

export interface DayTransition {
  appId: string;
  capability: string;
  generation: number;
  from: string;
  to: string;
  cause: string;
  at: Date;
  failures: number;
  failingSince: Date;
  reason: string | null;
}

/** An alert that fired and was resolved. */
export interface DayAlert {
  id: string;
  type: 'success_rate' | 'circuit_open';
  appId: string;
  capability: string | null;
  firedAt: Date;
  resolvedAt: Date;
  valueAtFiring: number;
  worstValue: number;
  lastValue: number;
  samples: number | null;
}

/** Health checks of an app on a UTC day. */
export interface DayHealth {
  appId: string;
  /** `2026-11-28` */
  date: string;
  ok: number;
  failed: number;
}

export interface DemoDay {
  since: Date;
  deliveries: DayDelivery[];
  deadLetters: DayDeadLetter[];
  transitions: DayTransition[];
  alerts: DayAlert[];
  health: DayHealth[];
}
