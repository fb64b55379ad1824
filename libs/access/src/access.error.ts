import { BreakwaterError, type Problem } from '@breakwater/platform';

/** No key, or one that is not valid. The answer does not say which of the two. */
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

/** Another app. Has the same text as the error for an app that does not exist. */
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

/** The requested key is not valid. */
export class ApiKeyInvalidError extends BreakwaterError {
  readonly code = 'API_KEY_INVALID';

  constructor(override readonly problems: Problem[]) {
    super('the requested API key is not valid');
  }
}

/** There were more requests than the limit allows. */
export class RateLimitedError extends BreakwaterError {
  readonly code = 'RATE_LIMITED';

  constructor(limit: string, { refusedForMs }: { refusedForMs: number }) {
    const retryAfterS = Math.max(1, Math.ceil(refusedForMs / 1000));
    super(`${limit}; try again in ${retryAfterS} s`);
    this.retryAfterS = retryAfterS;
  }
}
