import type { Problem } from '@breakwater/platform';
import { TYPE_TRAITS, type AlertRule } from './alert-rule.js';

/** What is wrong with a rule beyond the format of its fields. */
export function alertRuleProblems(rule: Pick<AlertRule, 'type' | 'threshold' | 'capability'>): Problem[] {
  const problems: Problem[] = [];
  const { type, threshold, capability } = rule;
  const { min, max, whole, unit } = TYPE_TRAITS[type];
  if (!(threshold >= min && threshold <= max) || (whole && !Number.isInteger(threshold))) {
    problems.push({
      pointer: '/threshold',
      rule: 'range',
      message: `the threshold of ${type} must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}${unit}`,
      bounds: { min, max },
      value: threshold,
    });
  }
  if (type === 'app_health' && capability !== null) {
    problems.push({
      pointer: '/capability',
      rule: 'no_effect',
      message: 'the health of an app has no capability',
      value: capability,
    });
  }
  return problems;
}

/** Longest time for which a rule may be muted, ms: a rule that is forgotten must speak again. */
export const MUTE_MAX_MS = 30 * 86_400_000;

/** What is wrong with the end of a mute. */
export function muteProblems(mutedUntil: Date | null | undefined, now: Date): Problem[] {
  if (mutedUntil == null || mutedUntil.getTime() <= now.getTime() + MUTE_MAX_MS) return [];
  const message = 'a rule may be muted for 30 days at most; switch it off instead';
  return [{ pointer: '/mutedUntil', rule: 'range', message, value: mutedUntil.toISOString() }];
}
