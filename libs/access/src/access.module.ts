import { Global, Module } from '@nestjs/common';
import { AuditLog } from './audit/audit-log.service.js';
import { AuditLogStore } from './audit/audit-log.store.js';
import { Callers } from './callers/callers.service.js';
import { ApiKeyGuard } from './guard/api-key-guard.service.js';
import { ApiKeyStore } from './keys/api-key.store.js';
import { ApiKeys } from './keys/api-keys.service.js';
import { LimitStore } from './limits/limit-store.service.js';
import { RequestLimits } from './limits/request-limits.service.js';
import { PortalLinkStore } from './portal/portal-link.store.js';
import { PortalLinks } from './portal/portal-links.service.js';
import { Sessions } from './sessions/sessions.service.js';
import { SignIn } from './sessions/sign-in.service.js';

/** Needs Config, Database, PrismaService, HintBus and SecretBox. The api app uses ApiKeyGuard as its APP_GUARD. */
@Global()
@Module({
  providers: [
    ApiKeyStore,
    ApiKeys,
    ApiKeyGuard,
    AuditLog,
    AuditLogStore,
    Callers,
    LimitStore,
    PortalLinks,
    PortalLinkStore,
    RequestLimits,
    Sessions,
    SignIn,
  ],
  exports: [ApiKeys, ApiKeyGuard, AuditLog, Callers, PortalLinks, RequestLimits, SignIn],
})
export class AccessModule {}
