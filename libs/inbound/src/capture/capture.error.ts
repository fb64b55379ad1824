import { BreakwaterError, type Problem } from '@breakwater/platform';

/** No source has this address: the key is wrong, has expired, or its source was deleted. */
export class SourceAddressUnknownError extends BreakwaterError {
  readonly code = 'SOURCE_ADDRESS_UNKNOWN';

  constructor() {
    super('no source has this address: its key is wrong or has expired, or the source was deleted');
  }
}

/** The request was not verified. It is kept, and not forwarded. */
export class CaptureRejectedError extends BreakwaterError {
  readonly code = 'CAPTURE_REJECTED';
  override readonly problems: Problem[];

  /**
   * @param step of the verification, that failed
   * @param detail safe to show
   */
  constructor(step: string, detail: string) {
    super(`the request was rejected: ${detail}`);
    this.problems = [{ pointer: '', rule: step, message: detail }];
  }
}

/** Requests cannot be verified now. */
export class CaptureUnavailableError extends BreakwaterError {
  readonly code = 'CAPTURE_UNAVAILABLE';

  constructor(why: string, retryAfterS: number) {
    super(`the request cannot be verified now: ${why}`);
    this.retryAfterS = retryAfterS;
  }
}

/** Too many requests are captured at once. */
export class CapturesFullError extends BreakwaterError {
  readonly code = 'CAPTURES_FULL';

  constructor(atOnce: number) {
    super(
      `more than ${atOnce} requests to this source, or to all, are captured at once: send it again later`,
    );
    this.retryAfterS = 1;
  }
}

export class CaptureTooLargeError extends BreakwaterError {
  readonly code = 'BODY_TOO_LARGE';

  constructor(maxBytes: number) {
    super(`the body of a captured request holds at most ${maxBytes} bytes`);
  }
}
