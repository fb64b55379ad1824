import { formatPercent, plural } from '../../show/format.js';
import type { Tone } from '../../show/state-badge.js';

export interface Day {
  /** "2026-11-28" */
  day: string;
  ok: number;
  failed: number;
}

/** Of all checks, with the number of days that had a failure. */
export function uptimeSummary(days: readonly Day[]): string {
  const ok = days.reduce((sum, day) => sum + day.ok, 0);
  const all = days.reduce((sum, day) => sum + day.ok + day.failed, 0);
  if (all === 0) return 'No checks yet';
  const bad = days.filter(({ failed }) => failed > 0).length;
  const rest = bad === 0 ? 'none failed' : `${plural(bad, 'day')} with failures`;
  return `${formatPercent(ok / all)} of ${plural(all, 'check')}, ${rest}`;
}

/** "2026-11-28: 3 of 288 checks failed" */
export function dayTitle({ day, ok, failed }: Day): string {
  const all = ok + failed;
  if (all === 0) return `${day}: no checks`;
  return failed === 0
    ? `${day}: all ${plural(all, 'check')} succeeded`
    : `${day}: ${failed} of ${plural(all, 'check')} failed`;
}

/** The share of failed checks, 0 to 1; null without checks. */
export function failedShare({ ok, failed }: Day): number | null {
  return ok + failed === 0 ? null : failed / (ok + failed);
}

export function dayTone(day: Day): Tone {
  const share = failedShare(day);
  if (share === null) return 'neutral';
  if (share === 0) return 'ok';
  return share < 0.5 ? 'warning' : 'danger';
}
