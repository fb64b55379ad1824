import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '../keys/key-row.js';
import type { PortalCapability } from '../portal/portal-capabilities.js';
import type { Scope } from '../keys/scopes.js';

export const REQUIRED_SCOPES = 'breakwater:scopes';
export const PORTAL_MAY = 'breakwater:portal';
export const PUBLIC_ROUTE = 'breakwater:public';

/** What the guard reads from a request and stores in it. */
export interface GuardedRequest {
  method?: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  params?: unknown;
  query?: unknown;
  socket?: { remoteAddress?: string | undefined };
  principal?: Principal;
}

/** Opens a route, or all of a controller, to keys with any of these scopes. A key with `admin` is always admitted. */
export const RequireScope = (...scopes: [Scope, ...Scope[]]): ClassDecorator & MethodDecorator =>
  SetMetadata(REQUIRED_SCOPES, scopes);

/** Opens a route to portal links of its app with any of these capabilities. Without it no link is admitted. */
export const PortalMay = (...anyOf: [PortalCapability, ...PortalCapability[]]): MethodDecorator =>
  SetMetadata(PORTAL_MAY, anyOf);

/** Opens a route to everybody. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC_ROUTE, true);

/** The caller: a parameter of a guarded route. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<GuardedRequest>();
  if (!principal) throw new Error('@CurrentPrincipal() on a route that no ApiKeyGuard guards');
  return principal;
});
