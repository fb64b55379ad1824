const FIRST_DELAY_MS = 60_000;
const MAX_DELAY_MS = 3_600_000;

/** 30 attempts: 1, 2, 4, … 32 minutes apart, then hourly. The last one is 24 hours and 3 minutes after the first. */
export const MAX_TRIES = 30;

/**
 * Delay before the next attempt of a mail, ms; null: there is none.
 * @param tries failed ones so far, 1 or more
 */
export function notificationRetryDelayMs(tries: number): number | null {
  return tries >= MAX_TRIES ? null : Math.min(FIRST_DELAY_MS * 2 ** (tries - 1), MAX_DELAY_MS);
}
