import type { Problem } from '@breakwater/platform';
import { momentOf } from '../input/moment.js';

const AHEAD_MAX_MS = 30 * 86_400_000;

/** When an event is due; null: now. A time in the past counts as now. */
export function deliverAtOf(
  text: string | undefined,
  nowMs: number,
  pointer: string,
): { at: Date | null } | { problem: Problem } {
  if (text === undefined) return { at: null };
  const at = momentOf(text);
  const bounds = { maxAheadMs: AHEAD_MAX_MS };
  if (!at) {
    const message = 'deliverAt must be a moment in ISO 8601 with a time zone, as 2026-11-27T10:00:00Z';
    return { problem: { pointer, rule: 'moment', message, value: text.slice(0, 100) } };
  }
  if (at.getTime() > nowMs + AHEAD_MAX_MS) {
    const message = 'deliverAt must lie at most 30 days ahead';
    return { problem: { pointer, rule: 'range', message, bounds, value: text.slice(0, 100) } };
  }
  return { at: at.getTime() <= nowMs ? null : at };
}
