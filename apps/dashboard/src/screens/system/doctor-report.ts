import { plural } from '../../show/format.js';

interface Check {
  state: string;
}

const URGENCY = ['failed', 'warning', 'skipped', 'ok'];

/** What a person must do comes first; the order of the server otherwise. */
export function byUrgency<T extends Check>(checks: readonly T[]): T[] {
  return checks.toSorted((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state));
}

export function doctorSentence({ checks }: { checks: readonly Check[] }): string {
  const count = (state: string): number => checks.filter((check) => check.state === state).length;
  const failed = count('failed');
  const warnings = count('warning');
  if (failed > 0) return `${failed} of ${plural(checks.length, 'check')} failed.`;
  if (warnings > 0) return `No check failed; ${plural(warnings, 'warning')}.`;
  return `All is well: ${plural(count('ok'), 'check')} passed, ${count('skipped')} skipped.`;
}
