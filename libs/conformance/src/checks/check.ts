import type { Bodies } from './bodies.js';
import type { Seen } from './seen.js';

/** One call that a check makes. What is absent is as in any delivery. */
export interface PlannedCall {
  body: Buffer;
  /**
   * `own` are the endpoint's secrets; `other` are secrets that the app does not have; `rotated` is a new one before
   * the endpoint's own.
   */
  secrets: 'own' | 'other' | 'rotated';
  /** `none`: no signature and no timestamp; `cut`: the first half of each. */
  signature?: 'none' | 'cut';
  /** Entries of `webhook-signature` before the real ones. */
  otherSignatures?: string;
  /** How long ago the call was signed, seconds; negative: it is signed for a time to come. */
  ageS?: number;
  /** The call is the second attempt of the first call of the run, with the same `webhook-id`. */
  repeatsFirst?: true;
}

/** What the calls of a run depend on. */
export interface Shape {
  bodies: Bodies;
  /** A sync capability: a caller waits for the JSON in the answer. */
  isSync: boolean;
  /** Calls that the endpoint gets at once; 1: no more than one. */
  atOnce: number;
}

export interface Judgement {
  passed: boolean;
  /** What was seen, in words. */
  seen: string;
}

/** What a run has seen when a check is judged. */
export interface Evidence {
  /** The results of the check's own calls, in the order of the calls; of a check without calls that of the first call. */
  own: readonly [Seen, ...Seen[]];
  /** Of all calls so far. */
  all: readonly Seen[];
  isSync: boolean;
}

/** One thing that a receiver must do right. */
export interface Check {
  id: string;
  /** What is true when it passes. */
  title: string;
  sends: string;
  expects: string;
  /** What goes wrong in production without it. */
  matters: string;
  /** What to do, in one sentence. */
  remedy: string;
  /** It cannot be judged unless these passed. */
  needs: readonly string[];
  /** Absent: it looks at calls that were made for others. Several are made at once. */
  calls?: (shape: Shape) => PlannedCall[];
  judge: (evidence: Evidence) => Judgement;
}

export const CHECK_STATES = ['passed', 'failed', 'skipped'] as const;
export type CheckState = (typeof CHECK_STATES)[number];

/** The result of one check, with the words that it was made with: a kept report stays readable. */
export interface CheckResult {
  id: string;
  title: string;
  state: CheckState;
  sent: string;
  expected: string;
  seen: string;
  matters: string;
  /** Null where there is nothing to do. */
  remedy: string | null;
  /** Number of calls that were made for it. */
  calls: number;
  durationMs: number;
}
