export {
  ApiKeyInvalidError,
  ApiKeyNotFoundError,
  ForbiddenError,
  ForeignAppError,
  RateLimitedError,
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
export { ApiKeyGuard } from './guard/api-key-guard.service.js';
export { isPublicRoute } from './guard/is-public-route.js';
export { rawKeyOf } from './guard/raw-key.js';
export { CurrentPrincipal, Public, RequireScope } from './guard/require-scope.service.js';
export { API_KEY_PATTERN, generateApiKey, isApiKey } from './keys/api-key.js';
export { ApiKeys } from './keys/api-keys.service.js';
export { decideAccess, decideFor, type AccessDecision } from './keys/decide-access.js';
export type { KeyRequest } from './keys/key-request.js';
export type { KeyRow, KeyView, Principal } from './keys/key-row.js';
export { isScope, SCOPES, type Scope } from './keys/scopes.js';
