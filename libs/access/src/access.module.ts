import { Global, Module } from '@nestjs/common';
import { AuditLog } from './audit/audit-log.service.js';
import { AuditLogStore } from './audit/audit-log.store.js';
import { ApiKeyGuard } from './guard/api-key-guard.service.js';
import { ApiKeyStore } from './keys/api-key.store.js';
import { ApiKeys } from './keys/api-keys.service.js';
import { LimitStore } from './limits/limit-store.service.js';
import { RequestLimits } from './limits/request-limits.service.js';

/** Needs Config, Database, PrismaService and HintBus. The api app uses ApiKeyGuard as its APP_GUARD. */
@Global()
@Module({
  providers: [ApiKeyStore, ApiKeys, ApiKeyGuard, LimitStore, RequestLimits, AuditLogStore, AuditLog],
  exports: [ApiKeys, ApiKeyGuard, RequestLimits, AuditLog],
})
export class AccessModule {}
