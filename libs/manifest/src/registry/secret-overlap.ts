import type { Problem } from '@breakwater/platform';

/** Default time for which an old secret or key stays valid beside the new one, ms. */
export const SECRET_OVERLAP_MS = 86_400_000;
const OVERLAP_MAX_MS = 30 * SECRET_OVERLAP_MS;

/** The problem of an overlap, or null. */
export function overlapProblem(overlapMs: number): Problem | null {
  if (Number.isInteger(overlapMs) && overlapMs >= 0 && overlapMs <= OVERLAP_MAX_MS) return null;
  const bounds = { min: 0, max: OVERLAP_MAX_MS };
  const message = `overlapMs must be a whole number from ${bounds.min} to ${bounds.max}`;
  return { pointer: '/overlapMs', rule: 'range', message, bounds, value: overlapMs };
}
