import { Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ForbiddenError, ForeignAppError, UnauthenticatedError } from '../access.error.js';
import { ApiKeys } from '../keys/api-keys.service.js';
import { decideFor } from '../keys/decide-access.js';
import type { Scope } from '../keys/scopes.js';
import { RequestLimits } from '../limits/request-limits.service.js';
import { isPublicRoute } from './is-public-route.js';
import { rawKeyOf } from './raw-key.js';
import { REQUIRED_SCOPES, type GuardedRequest } from './require-scope.service.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;

/**
 * Admits a request when its key has the required scope, and is within its limit. A route without a declaration is
 * closed. Used as APP_GUARD.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: ApiKeys,
    private readonly limits: RequestLimits,
    private readonly reflector: Reflector,
  ) {}

  /** @throws what `admit` throws */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const required = this.scopesOf(context.getHandler(), context.getClass());
    if (required === 'public') return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    await this.admit(request, required, context.getType() === 'http' ? rawKeyOf(request.headers) : null);
    return true;
  }

  /** The scopes that a route accepts; a route without scopes is closed to all keys. */
  scopesOf(handler: Handler, controller: Type): readonly Scope[] | 'public' {
    if (isPublicRoute(handler, controller)) return 'public';
    return (
      this.reflector.getAllAndOverride<Scope[] | undefined>(REQUIRED_SCOPES, [handler, controller]) ?? []
    );
  }

  /**
   * Counts a request and stores the caller in it.
   * @throws UnauthenticatedError, RateLimitedError, ForbiddenError, ForeignAppError
   */
  async admit(
    request: GuardedRequest,
    required: readonly Scope[],
    raw = rawKeyOf(request.headers),
  ): Promise<void> {
    const principal = raw === null ? null : await this.keys.authenticate(raw);
    if (!principal) {
      // The socket's own address: any client can write a header with another one.
      await this.limits.countFailure(request.socket?.remoteAddress ?? 'unknown');
      throw new UnauthenticatedError();
    }
    await this.limits.countRequest(principal.keyId);
    for (const appId of [appIdOf(request.params), appIdOf(request.query)]) {
      const decision = decideFor(principal, required, appId);
      if (decision === 'forbidden') throw new ForbiddenError(required);
      if (decision === 'not_found') throw new ForeignAppError();
    }
    request.principal = principal;
  }
}

/** The app in the path or the query. */
function appIdOf(asked: unknown): string | undefined {
  return (asked as { appId?: string } | null | undefined)?.appId;
}
