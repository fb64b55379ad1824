/** A position in the primary's log that it had reached at a moment of our own clock. */
export interface Mark {
  position: number;
  atMs: number;
}

/**
 * How old what a standby shows is at most, ms: it has replayed all that the primary had written at the time of a mark
 * whose position it has reached. Infinity without such a mark. No clock of a server is used.
 * @param marks oldest first
 */
export function lagMs(marks: readonly Mark[], replayed: number, nowMs: number): number {
  const reached = marks.findLast(({ position }) => position <= replayed);
  return reached === undefined ? Infinity : nowMs - reached.atMs;
}

/** The marks that may still say that a lag is at most `maxLagMs`. */
export function recentMarks(marks: readonly Mark[], nowMs: number, maxLagMs: number): Mark[] {
  return marks.filter(({ atMs }) => nowMs - atMs <= maxLagMs);
}
