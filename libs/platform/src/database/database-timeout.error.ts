import { BreakwaterError } from '../errors/breakwater.error.js';

/** Seconds after which it is worth asking again: by then the connections that did not answer were replaced. */
export const RETRY_AFTER_S = 2;

/** The database did not answer within a bound. Whether what was asked for was done is not known. */
export class DatabaseTimeoutError extends BreakwaterError {
  readonly code = 'DATABASE_UNAVAILABLE';

  /**
   * @param what what was waited for
   * @param limitMs the bound, ms
   */
  constructor(
    what: string,
    readonly limitMs: number,
  ) {
    super(`${what} did not end within ${limitMs} ms`);
    this.retryAfterS = RETRY_AFTER_S;
  }
}
