export {
  ApiKeyInvalidError,
  ApiKeyNotFoundError,
  ForbiddenError,
  ForeignAppError,
  ForeignOriginError,
  PortalForbiddenError,
  PortalLinkNotFoundError,
  RateLimitedError,
  SignInRefusedError,
  UnauthenticatedError,
} from './access.error.js';
export { AccessModule } from './access.module.js';
export {
  AUDIT_OUTCOMES,
  SYSTEM_ACTOR,
  type AuditDetail,
  type AuditedAction,
  type AuditedEnd,
  type AuditEntry,
  type AuditOutcome,
} from './audit/audit-entry.js';
export { AuditLog } from './audit/audit-log.service.js';
export type { AuditFilter, AuditPosition } from './audit/audit-log.store.js';
export { Callers } from './callers/callers.service.js';
export { credentialOf, type Credential } from './callers/credential.js';
export { isOwnOrigin, namesItsOrigin, usesTls } from './callers/request-origin.js';
export { ApiKeyGuard } from './guard/api-key-guard.service.js';
export { isPublicRoute } from './guard/is-public-route.js';
export { rawKeyOf } from './guard/raw-key.js';
export { CurrentPrincipal, PortalMay, Public, RequireScope } from './guard/require-scope.service.js';
export { API_KEY_PATTERN, generateApiKey, isApiKey } from './keys/api-key.js';
export { ApiKeys } from './keys/api-keys.service.js';
export { decideAccess, decideFor, decideForPortal, type AccessDecision } from './keys/decide-access.js';
export type { KeyRequest } from './keys/key-request.js';
export type { KeyRow, KeyView, Principal } from './keys/key-row.js';
export { isScope, SCOPES, type Scope } from './keys/scopes.js';
export { PORTAL_CAPABILITIES, withView, type PortalCapability } from './portal/portal-capabilities.js';
export { PORTAL_LINK_STATES, type PortalLinkState, type PortalLinkView } from './portal/portal-link.js';
export { PortalLinks } from './portal/portal-links.service.js';
export { portalPage } from './portal/portal-token.js';
export { sessionCookie } from './sessions/session-cookie.js';
export { SignIn } from './sessions/sign-in.service.js';
