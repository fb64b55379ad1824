import { subjectKey, type Subject } from './alert-rule.js';
import type { OpenCase, RuleState } from './alert.store.js';
import { evaluate, type Evaluation } from './evaluate.js';
import type { Measurement } from './measure.js';
import { isCoolingDown, nextCase, silent, type Step } from './next-case.js';

/** What to do about one subject of a rule. */
export interface SubjectPlan extends Subject {
  evaluation: Evaluation;
  step: Step;
  open: OpenCase | null;
  /** The last notification is so recent that no other is sent. */
  isCoolingDown: boolean;
}

/** What to do about a rule: about every subject that is measured or has an open case. */
export function planFor(
  { rule, now, open, lastNotified }: RuleState,
  measured: readonly Measurement[],
): SubjectPlan[] {
  const cooldownMs = rule.cooldownSeconds * 1000;
  const isMuted = rule.mutedUntil != null && now < rule.mutedUntil;
  const measurements = new Map(measured.map((each) => [subjectKey(each), each]));
  const cases = new Map(open.map((each) => [subjectKey(each), each]));
  const notified = new Map(lastNotified.map((each) => [subjectKey(each), each.at]));
  const subjects = new Map<string, Subject>([...cases, ...measurements]);
  return [...subjects].map(([key, { appId, capability }]) => {
    const openCase = cases.get(key) ?? null;
    const state = {
      open: openCase && { isNotified: openCase.notifiedAt !== null },
      lastNotifiedAt: notified.get(key) ?? null,
    };
    const evaluation = evaluate(rule, measurements.get(key) ?? null);
    const due = nextCase(state, evaluation, cooldownMs, now);
    const step = isMuted ? silent(due) : due;
    return {
      appId,
      capability,
      evaluation,
      step,
      open: openCase,
      isCoolingDown: isCoolingDown(state, cooldownMs, now),
    };
  });
}
