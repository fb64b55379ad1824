/** Statuses that may be over at the next try. */
const PASSING = [0, 429, 502, 503, 504];
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;

interface Failure {
  status: number;
  retryAfterMs: number | null;
}

interface Situation {
  /** Tries that were made, 1 or more. */
  tries: number;
  /** Most repetitions. */
  retries: number;
  /** Whether the same request twice has the effect of one. */
  isRepeatable: boolean;
  /** What is left of the time of the whole request. */
  leftMs: number;
  /** Uniform in [0, 1). */
  random: number;
}

/** How long to wait before the next try, ms; null: there is none. */
export function delayBeforeRetry(
  { status, retryAfterMs }: Failure,
  { tries, retries, isRepeatable, leftMs, random }: Situation,
): number | null {
  if (!isRepeatable || tries > retries || !PASSING.includes(status)) return null;
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
  // Half of it is chance, so that callers that failed together do not come back together.
  const backoffMs = Math.round(longest * (0.5 + random / 2));
  const delayMs = Math.max(backoffMs, retryAfterMs ?? 0);
  return delayMs < leftMs ? delayMs : null;
}

/**
 * The header Retry-After in ms: seconds or a date; null when it is absent or neither.
 * @param nowMs milliseconds since 1970
 */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
