const HTTP_DATE =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/;

/** Longest wait that is reported, ms (a year): a larger number is a mistake. */
const MAX_WAIT_MS = 365 * 24 * 3600 * 1000;

/**
 * Reads a Retry-After header: whole seconds or one of the three HTTP dates (RFC 9110 10.2.3, 5.6.7).
 * @returns ms to wait from `now`, 0 for a past date, at most a year; null when absent or unreadable
 */
export function parseRetryAfter(value: string | null | undefined, now: Date): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_WAIT_MS);
  if (!HTTP_DATE.test(text)) return null;
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`); // asctime has no zone and means GMT.
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now.getTime(), 0), MAX_WAIT_MS);
}
