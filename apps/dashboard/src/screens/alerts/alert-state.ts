import type { Tone } from '../../show/state-badge.js';

/** The state of a case as it is shown. Pure. */

export const STATES = [
  { value: 'open', label: 'Open' },
  { value: 'acknowledged', label: 'Acknowledged' },
  { value: 'resolved', label: 'Resolved' },
];

const TONES: Readonly<Record<string, Tone>> = { open: 'danger', acknowledged: 'warning', resolved: 'ok' };

/** Open, acknowledged or resolved. */
export function stateOf({ state }: { state: string }): { state: string; tone: Tone } {
  return { state, tone: TONES[state] ?? 'neutral' };
}

const SUPPRESSED: Readonly<Record<string, string>> = {
  cooldown:
    'People were not notified that it fires: the last notice of this rule about the same was within its cooldown.',
  muted: 'People were not notified that it fires: the rule was muted.',
};

/** Why people were not notified; null when they were. */
export function suppressedText(by: string | null): string | null {
  return by === null ? null : (SUPPRESSED[by] ?? `People were not notified that it fires: ${by}.`);
}

/** What the chart of a case says, in one sentence. */
export function chartSummary(
  { noun, threshold, worst }: { noun: string; threshold: string; worst: string },
  { subject, resolvedAt }: { subject: string; resolvedAt: string | null },
): string {
  const over = resolvedAt === null ? 'it is not over' : 'it is over';
  return `The ${noun} of ${subject}: ${worst} at worst, the threshold is ${threshold}; ${over}.`;
}
