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
