import { BreakwaterError, type Problem } from '@breakwater/platform';
import type { PortalCapability } from './portal/portal-capabilities.js';

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

/** A portal link came to a route that its capabilities do not open. */
export class PortalForbiddenError extends BreakwaterError {
  readonly code = 'FORBIDDEN';

  /** @param anyOf capabilities of which one is enough; none where no portal link may do it */
  constructor(anyOf: readonly PortalCapability[]) {
    super(
      anyOf.length === 0
        ? 'a portal link may not do this'
        : `this needs a portal link with the capability ${anyOf.join(' or ')}`,
    );
  }
}

/** A request with the cookie of a session did not come from a page of this installation. */
export class ForeignOriginError extends BreakwaterError {
  readonly code = 'ORIGIN_REFUSED';

  constructor() {
    super(
      'a session is only accepted from a page of this installation: send Origin or Sec-Fetch-Site as browsers do, or use an API key',
    );
  }
}

/** The key of a sign-in is not valid. */
export class SignInRefusedError extends BreakwaterError {
  readonly code = 'SIGN_IN_REFUSED';
  override readonly problems: Problem[] = [
    {
      pointer: '/key',
      rule: 'valid_key',
      message: 'key must be an API key that is neither revoked nor expired',
    },
  ];

  constructor() {
    super('this key is not valid');
  }
}

export class PortalLinkNotFoundError extends BreakwaterError {
  readonly code = 'PORTAL_LINK_NOT_FOUND';

  constructor() {
    super('there is no such portal link');
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
