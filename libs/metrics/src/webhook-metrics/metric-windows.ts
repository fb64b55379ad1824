import type { RollingCounts, RollingPeriod } from './rolling-counts.js';

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

/** An app, or one of its capabilities; null: all of them together. */
export interface Counted {
  appId: string;
  capability: string | null;
}

/** Which subjects a rule counts. */
export interface CountScope {
  /** Null: each app. */
  appId: string | null;
  /** Null: the app as a whole; `*`: each capability. */
  capability: string | null;
}

export abstract class MetricWindows {
  /** Of the last `windowMs` (60 000 to 7 days) until now: a row for each app and one for each of its capabilities. */
  abstract counts(windowMs: number): Promise<WindowCounts[]>;

  /** Those of the scope with calls in a period, the most calls first. @param limit how many at most */
  abstract subjects(scope: CountScope, period: { from: Date; to: Date }, limit: number): Promise<Counted[]>;

  /** What a rule saw of one of them: see {@link rollingCounts}. Calls of the last seconds may be missing. */
  abstract rolling(subject: Counted, period: RollingPeriod): Promise<RollingCounts[]>;
}
