import { BreakwaterError, type Problem } from '@breakwater/platform';

/** No key, or one that opens nothing. Which of the two is not told. */
export class UnauthenticatedError extends BreakwaterError {
  readonly code = 'UNAUTHENTICATED';

  constructor() {
    super('a valid API key is needed, as "Authorization: Bearer bw_…" or "X-Api-Key: bw_…"');
  }
}

export class ForbiddenError extends BreakwaterError {
  readonly code = 'FORBIDDEN';

  constructor(readonly required: readonly string[]) {
    super(
      required.length === 0 ? 'nobody may do this' : `this needs a key with scope ${required.join(' or ')}`,
    );
  }
}

/** Somebody else's app. Says word for word what is said of an app that does not exist. */
export class ForeignAppError extends BreakwaterError {
  readonly code = 'APP_NOT_FOUND';

  constructor() {
    super('there is no such app');
  }
}

export class ApiKeyNotFoundError extends BreakwaterError {
  readonly code = 'API_KEY_NOT_FOUND';

  constructor() {
    super('there is no such API key');
  }
}

/** A key cannot be made as asked. */
export class ApiKeyInvalidError extends BreakwaterError {
  readonly code = 'API_KEY_INVALID';

  constructor(override readonly problems: Problem[]) {
    super('the API key cannot be made as asked');
  }
}

/** More came than the limit allows. */
export class RateLimitedError extends BreakwaterError {
  readonly code = 'RATE_LIMITED';

  constructor(limit: string, { refusedForMs }: { refusedForMs: number }) {
    const retryAfterS = Math.max(1, Math.ceil(refusedForMs / 1000));
    super(`${limit}; come again in ${retryAfterS} s`);
    this.retryAfterS = retryAfterS;
  }
}
