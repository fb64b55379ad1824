const FIRST_MS = 100;
const LONGEST_MS = 2_000;

/**
 * How long a worker rests after a failed call, ms: 100, 200, 400 … 2000.
 * @param inRow failures in a row, 1 or more
 */
export function restMs(inRow: number): number {
  return Math.min(FIRST_MS * 2 ** Math.min(inRow - 1, 10), LONGEST_MS);
}
