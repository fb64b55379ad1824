/** Why a call was not answered with success. */
export class Problem extends Error {
  override name = 'Problem';
  /** What the answer says after which the caller may try again, in ms. */
  readonly retryAfterMs: number | null;

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/**
 * A handler throws this to refuse for good. The caller of a sync capability gets `code` and `message` as the app's
 * own answer, without a fallback; the delivery of an event ends (422) and becomes a dead letter.
 */
export class Refused extends Problem {
  override name = 'Refused';

  constructor(code: string, message: string) {
    super(code, 422, message);
  }
}

/** A handler throws this to be called again later, not before `afterMs`. */
export class RetryLater extends Problem {
  override name = 'RetryLater';

  /**
   * @param afterMs rounded up to whole seconds; Breakwater waits 300 s at most
   * @param status 429 says that there are too many calls, and is no failure for the circuit breaker
   */
  constructor(
    afterMs: number,
    { status = 503, message = 'Try again later.' }: { status?: 429 | 503; message?: string } = {},
  ) {
    super('RETRY_LATER', status, message, { retryAfterMs: afterMs });
  }
}
