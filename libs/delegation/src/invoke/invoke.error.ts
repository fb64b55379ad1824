import { BreakwaterError } from '@breakwater/platform';
import type { FallbackReason } from '../fallback/fallback-strategy.service.js';

/** The app did not answer in time and its capability has no fallback. */
export class AppTimeoutError extends BreakwaterError {
  readonly code = 'APP_TIMEOUT';
  constructor(
    readonly reason: FallbackReason,
    timeoutMs: number,
  ) {
    super(`the app did not answer within ${timeoutMs} ms, and its capability has no fallback that could`);
  }
}

/** The app could not answer and its capability has no fallback. */
export class AppUnavailableError extends BreakwaterError {
  readonly code = 'APP_UNAVAILABLE';
  constructor(
    readonly reason: FallbackReason,
    detail: string,
    retryInMs?: number,
  ) {
    super(
      `the app could not answer (${reason}${detail ? `: ${detail}` : ''}), and its capability has no fallback that could`,
    );
    if (retryInMs !== undefined) this.retryAfterS = Math.max(1, Math.ceil(retryInMs / 1000));
  }
}

export class FallbackFailedError extends BreakwaterError {
  readonly code = 'FALLBACK_FAILED';
  constructor(strategy: string, options: ErrorOptions) {
    super(`the app could not answer, and its fallback "${strategy}" failed`, options);
  }
}

/** The caller disconnected; nobody reads this. */
export class CallerGoneError extends BreakwaterError {
  readonly code = 'CALLER_GONE';
  constructor() {
    super('the caller hung up');
  }
}
