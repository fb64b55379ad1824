import type { Evaluation } from './evaluate.js';

export const RESOLVED_REASONS = ['recovered', 'no_samples', 'rule_off'] as const;
export type ResolvedReason = (typeof RESOLVED_REASONS)[number];

/** The state of a rule and one subject. */
export interface CaseState {
  /** The open case; null when there is none. */
  open: { isNotified: boolean } | null;
  /** When people were last notified that this rule fires for this subject, in any case. */
  lastNotifiedAt: Date | null;
}

/** What happens to a case, and whether people are notified. */
export type Step =
  | { do: 'nothing'; notify: false }
  | { do: 'open' | 'keep'; notify: boolean }
  | { do: 'resolve'; reason: ResolvedReason; notify: boolean };

/**
 * A case opens when its rule fires, stays open while it does, and resolves when it does not. With too few calls no
 * case opens, and an open one ends only if the calls look good. People are notified of a case once, when the cooldown
 * since their last notification is over; and once more when it resolves, if they were notified of it.
 */
export function nextCase(state: CaseState, evaluation: Evaluation, cooldownMs: number, now: Date): Step {
  const { open } = state;
  switch (evaluation.kind) {
    case 'firing': {
      const notify = !open?.isNotified && !isCoolingDown(state, cooldownMs, now);
      return { do: open ? 'keep' : 'open', notify };
    }
    case 'fine':
      return open ? { do: 'resolve', reason: 'recovered', notify: open.isNotified } : nothing;
    case 'too_few_samples':
      if (!open) return nothing;
      if (evaluation.isBreached) return { do: 'keep', notify: false };
      return { do: 'resolve', reason: 'recovered', notify: open.isNotified };
    case 'no_samples':
      return open ? { do: 'resolve', reason: 'no_samples', notify: open.isNotified } : nothing;
  }
}

const nothing: Step = { do: 'nothing', notify: false };

/** The same for a case of a rule that is muted: nobody is notified. */
export function silent(step: Step): Step {
  return { ...step, notify: false };
}

/** Whether the last notification is so recent that no other is sent. */
export function isCoolingDown({ lastNotifiedAt }: CaseState, cooldownMs: number, now: Date): boolean {
  return lastNotifiedAt !== null && now.getTime() - lastNotifiedAt.getTime() < cooldownMs;
}
