import { BreakwaterError } from '../errors/breakwater.error.js';

/** Seconds after which a caller may try again: by then connections that did not answer are replaced. */
export const RETRY_AFTER_S = 2;

/** The database did not answer in time. It is not known whether the statement took effect. */
export class DatabaseTimeoutError extends BreakwaterError {
  readonly code = 'DATABASE_UNAVAILABLE';

  /**
   * @param what what was waited for
   * @param limitMs the limit, ms
   */
  constructor(
    what: string,
    readonly limitMs: number,
  ) {
    super(`${what} did not end within ${limitMs} ms`);
    this.retryAfterS = RETRY_AFTER_S;
  }
}
