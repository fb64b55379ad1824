import { BODY_CHECKS } from './body-checks.js';
import { FIRST_CHECKS, LAST_CHECKS } from './answer-checks.js';
import type { Check, CheckResult, CheckState } from './check.js';
import { SIGNATURE_CHECKS } from './signature-checks.js';

/** All checks in the order in which they are made. A check stands behind those that it needs. */
export const CHECKS: readonly Check[] = [
  ...FIRST_CHECKS,
  ...SIGNATURE_CHECKS,
  ...BODY_CHECKS,
  ...LAST_CHECKS,
];

/** The title of the first check that this one needs and that did not pass; null where nothing is in the way. */
export function obstacleOf(check: Check, results: readonly CheckResult[]): string | null {
  const passed = new Set(results.filter(({ state }) => state === 'passed').map(({ id }) => id));
  const obstacle = check.needs.find((id) => !passed.has(id));
  return CHECKS.find(({ id }) => id === obstacle)?.title ?? null;
}

/** @param made calls and time that it took */
export function resultOf(
  check: Check,
  state: CheckState,
  seen: string,
  made: { calls: number; durationMs: number } = { calls: 0, durationMs: 0 },
): CheckResult {
  const { id, title, sends: sent, expects: expected, matters, remedy } = check;
  return {
    id,
    title,
    state,
    sent,
    expected,
    seen,
    matters,
    remedy: state === 'failed' ? remedy : null,
    ...made,
  };
}

/** The state of a run that made all checks it could. */
export function stateOf(results: readonly CheckResult[]): 'passed' | 'failed' {
  return results.every(({ state }) => state !== 'failed') ? 'passed' : 'failed';
}
