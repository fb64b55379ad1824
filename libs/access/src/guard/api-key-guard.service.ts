import { Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ClientAddresses, Config } from '@breakwater/platform';
import {
  ForbiddenError,
  ForeignAppError,
  ForeignOriginError,
  PortalForbiddenError,
  UnauthenticatedError,
} from '../access.error.js';
import { Callers } from '../callers/callers.service.js';
import { credentialOf } from '../callers/credential.js';
import { isOwnOrigin, isSafeMethod } from '../callers/request-origin.js';
import { decideFor, decideForPortal } from '../keys/decide-access.js';
import type { Scope } from '../keys/scopes.js';
import type { PortalCapability } from '../portal/portal-capabilities.js';
import { RequestLimits } from '../limits/request-limits.service.js';
import { isPublicRoute } from './is-public-route.js';
import { PORTAL_MAY, REQUIRED_SCOPES, type GuardedRequest } from './require-scope.service.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;

/**
 * Admits a request when its key has the required scope, and is within its limit. A route without a declaration is
 * closed. Used as APP_GUARD.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly callers: Callers,
    private readonly limits: RequestLimits,
    private readonly reflector: Reflector,
    private readonly addresses: ClientAddresses,
    private readonly config: Config,
  ) {}

  /** @throws what `admit` throws */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const required = this.scopesOf(context.getHandler(), context.getClass());
    if (required === 'public') return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    // A gateway without @Public would be closed: its messages carry no credential.
    if (context.getType() !== 'http') throw new UnauthenticatedError();
    await this.admit(request, required, this.portalMay(context.getHandler()));
    return true;
  }

  /** The scopes that a route accepts; a route without scopes is closed to all keys. */
  scopesOf(handler: Handler, controller: Type): readonly Scope[] | 'public' {
    if (isPublicRoute(handler, controller)) return 'public';
    return (
      this.reflector.getAllAndOverride<Scope[] | undefined>(REQUIRED_SCOPES, [handler, controller]) ?? []
    );
  }

  /** The capabilities of which a portal link needs one; without any, no link is admitted. */
  private portalMay(handler: Handler): readonly PortalCapability[] {
    return this.reflector.get<PortalCapability[] | undefined>(PORTAL_MAY, handler) ?? [];
  }

  /**
   * Counts a request and stores the caller in it.
   * @param portalMay see {@link PortalMay}
   * @throws UnauthenticatedError, ForeignOriginError, RateLimitedError, ForbiddenError, PortalForbiddenError,
   * ForeignAppError
   */
  async admit(
    request: GuardedRequest,
    required: readonly Scope[],
    portalMay: readonly PortalCapability[] = [],
  ): Promise<void> {
    const credential = credentialOf(request.headers);
    const principal = credential && (await this.callers.of(credential));
    if (!principal) {
      await this.limits.countFailure(this.addresses.of(request) ?? 'unknown');
      throw new UnauthenticatedError();
    }
    const isForeign = principal.kind === 'session' && !this.isAcceptedOrigin(request);
    if (isForeign) throw new ForeignOriginError();
    await this.limits.countRequest(principal.keyId);
    for (const appId of [appIdOf(request.params), appIdOf(request.query)]) {
      const decision =
        principal.kind === 'portal'
          ? decideForPortal(principal, portalMay, appId)
          : decideFor(principal, required, appId);
      if (decision === 'not_found') throw new ForeignAppError();
      if (decision === 'forbidden')
        throw principal.kind === 'portal'
          ? new PortalForbiddenError(portalMay)
          : new ForbiddenError(required);
    }
    request.principal = principal;
  }

  /** A cookie is sent with requests of any page: one that changes something must come from a page of this installation. */
  private isAcceptedOrigin({ method, headers }: GuardedRequest): boolean {
    return isSafeMethod(method) || isOwnOrigin(headers, this.config.api.publicBaseUrl);
  }
}

/** The app in the path or the query. */
function appIdOf(asked: unknown): string | undefined {
  return (asked as { appId?: string } | null | undefined)?.appId;
}
