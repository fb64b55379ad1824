import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ForbiddenError, ForeignAppError, UnauthenticatedError } from '../access.error.js';
import { ApiKeys } from '../keys/api-keys.service.js';
import { decideFor } from '../keys/decide-access.js';
import type { Scope } from '../keys/scopes.js';
import { RequestLimits } from '../limits/request-limits.service.js';
import { isPublicRoute } from './is-public-route.js';
import { rawKeyOf } from './raw-key.js';
import { REQUIRED_SCOPES, type GuardedRequest } from './require-scope.service.js';

/**
 * Lets a request through when its key may do what the route requires, and was not used too much. A route that says
 * nothing is closed.
 * Meant for APP_GUARD.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: ApiKeys,
    private readonly limits: RequestLimits,
    private readonly reflector: Reflector,
  ) {}

  /** @throws UnauthenticatedError, RateLimitedError, ForbiddenError, ForeignAppError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    const required = this.reflector.getAllAndOverride<Scope[] | undefined>(REQUIRED_SCOPES, places) ?? [];
    if (isPublicRoute(context.getHandler(), context.getClass())) return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const raw = context.getType() === 'http' ? rawKeyOf(request.headers) : null;
    const principal = raw === null ? null : await this.keys.authenticate(raw);
    if (!principal) {
      // The socket's own address: a header that names another is anybody's to write.
      await this.limits.countFailure(request.socket?.remoteAddress ?? 'unknown');
      throw new UnauthenticatedError();
    }
    await this.limits.countRequest(principal.keyId);
    const decision = decideFor(principal, required, appIdOf(request.params));
    if (decision === 'forbidden') throw new ForbiddenError(required);
    if (decision === 'not_found') throw new ForeignAppError();
    request.principal = principal;
    return true;
  }
}

function appIdOf(params: unknown): string | undefined {
  return (params as { appId?: string } | undefined)?.appId;
}
