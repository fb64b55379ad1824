import type { Tone } from '../../show/state-badge.js';

/** The state of a case as it is shown. Pure. */

export const STATES = [
  { value: 'firing', label: 'Open' },
  { value: 'resolved', label: 'Resolved' },
];

/** Open, acknowledged or resolved. */
export function stateOf({ status, acknowledgedAt }: { status: string; acknowledgedAt?: string | null }): {
  state: string;
  word: string;
  tone: Tone;
} {
  if (status === 'resolved') return { state: 'resolved', word: 'resolved', tone: 'ok' };
  if (acknowledgedAt) return { state: 'acknowledged', word: 'acknowledged', tone: 'warning' };
  return { state: 'firing', word: 'open', tone: 'danger' };
}

/** Whether a notification is about this case. */
export function isAbout({ data }: { data?: unknown }, alertId: string): boolean {
  return typeof data === 'object' && data !== null && (data as { alertId?: unknown }).alertId === alertId;
}
