import { BreakwaterError, type Problem } from '@breakwater/platform';

/** The request names no endpoint that can be checked; the message lists those that can. */
export class ConformanceTargetInvalidError extends BreakwaterError {
  readonly code = 'CONFORMANCE_TARGET_INVALID';
  override readonly problems: Problem[];

  constructor(message: string, pointer: '/capability' | '/subscription') {
    super(message);
    this.problems = [{ pointer, rule: 'target', message }];
  }
}

/** A payload is too large or too deep, or leaves no room for what the checks add. */
export class ConformancePayloadTooLargeError extends BreakwaterError {
  readonly code = 'CONFORMANCE_PAYLOAD_TOO_LARGE';
  override readonly problems: Problem[];

  /** @param max the limit that it exceeds */
  constructor(message: string, max: number) {
    super(message);
    this.problems = [{ pointer: '/payload', rule: 'size', message, bounds: { max } }];
  }
}

/** Only one run of an app at a time: its endpoint gets no more calls than one makes. */
export class ConformanceRunningError extends BreakwaterError {
  readonly code = 'CONFORMANCE_RUNNING';

  constructor(appId: string) {
    super(`a conformance run of app "${appId}" is in progress; wait until it has ended, at most a minute`);
    this.retryAfterS = 10;
  }
}

export class ConformanceRunNotFoundError extends BreakwaterError {
  readonly code = 'CONFORMANCE_RUN_NOT_FOUND';

  constructor() {
    super('the app has no such conformance run');
  }
}
