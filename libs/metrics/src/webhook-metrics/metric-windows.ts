/** The calls of one capability, or of a whole app, within a window. */
export interface WindowCounts {
  appId: string;
  /** Null: all capabilities of the app together. */
  capability: string | null;
  /** Calls that were made, each attempt one. */
  calls: number;
  successes: number;
  timeouts: number;
  /** Deliveries that ended, and their attempts in all: the quotient is the average. */
  ended: number;
  endedAttempts: number;
  /** Of the durations, ms; null without calls. */
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

export abstract class MetricWindows {
  /** Of the last `windowMs` (60 000 to 7 days) until now: a row for each app and one for each of its capabilities. */
  abstract counts(windowMs: number): Promise<WindowCounts[]>;
}
