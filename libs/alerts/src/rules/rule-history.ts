import type { RollingCounts } from '@breakwater/metrics';
import type { AlertRule, Subject } from './alert-rule.js';
import { evaluate, worse } from './evaluate.js';
import { measure, type Gauges } from './measure.js';
import { nextCase } from './next-case.js';

/** The value of a rule at one time in the past. */
export interface HistoryPoint {
  at: Date;
  /** Null: there was nothing to measure. */
  value: number | null;
  samples: number;
}

/** From when to when a rule would have fired. */
export interface FiringSpan {
  from: Date;
  /** Null: it still does at the end. */
  to: Date | null;
  worstValue: number;
}

type Measured = Pick<AlertRule, 'type' | 'threshold' | 'minSamples' | 'appId' | 'capability'>;

const NO_GAUGES: Gauges = { deadLetters: [], waiting: [], openBreakers: [], failedChecks: [] };

/** What a rule that counts calls saw of a subject over time. */
export function historyOf(
  rule: Measured,
  { appId, capability }: Subject & { appId: string },
  counts: readonly RollingCounts[],
): HistoryPoint[] {
  return counts.map((window) => {
    const [measured] = measure({ ...rule, appId, capability }, [{ ...window, appId, capability }], NO_GAUGES);
    return { at: window.at, value: measured?.value ?? null, samples: measured?.samples ?? 0 };
  });
}

/** When it would have fired: its cases open and resolve as those of {@link nextCase}. */
export function firingSpans(rule: Measured, points: readonly HistoryPoint[]): FiringSpan[] {
  const spans: FiringSpan[] = [];
  let open: FiringSpan | null = null;
  for (const { at, value, samples } of points) {
    const evaluation = evaluate(rule, value === null ? null : { value, samples });
    const state = { open: open && { isNotified: false }, lastNotifiedAt: null };
    const { do: step } = nextCase(state, evaluation, 0, at);
    if (step === 'open') spans.push((open = { from: at, to: null, worstValue: value! }));
    if (step === 'keep' && open) open.worstValue = worse(rule, open.worstValue, value!);
    if (step === 'resolve' && open) {
      open.to = at;
      open = null;
    }
  }
  return spans;
}
