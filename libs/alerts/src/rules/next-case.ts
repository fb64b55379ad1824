import type { Evaluation } from './evaluate.js';

export const RESOLVED_REASONS = ['recovered', 'no_samples', 'rule_off'] as const;
export type ResolvedReason = (typeof RESOLVED_REASONS)[number];

/** What is known of a rule and one subject. */
export interface CaseState {
  /** The case that is open; null when there is none. */
  open: { isNotified: boolean } | null;
  /** When people were last told that this rule fires for this subject, in whatever case. */
  lastNotifiedAt: Date | null;
}

/** What becomes of a case, and whether people are told. */
export type Step =
  | { do: 'nothing'; notify: false }
  | { do: 'open' | 'keep'; notify: boolean }
  | { do: 'resolve'; reason: ResolvedReason; notify: boolean };

/**
 * A case opens when its rule fires, stays while it does, and resolves when it does not. Too few calls open none, and
 * end one only if they look well. People are told once of a case, when the cooldown since the last time they were told
 * is over, and once more that it resolved if they were told of it.
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

/** Whether people were told so recently that they are not told again. */
export function isCoolingDown({ lastNotifiedAt }: CaseState, cooldownMs: number, now: Date): boolean {
  return lastNotifiedAt !== null && now.getTime() - lastNotifiedAt.getTime() < cooldownMs;
}
