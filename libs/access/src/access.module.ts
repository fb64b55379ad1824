import { Global, Module } from '@nestjs/common';
import { ApiKeyGuard } from './guard/api-key-guard.service.js';
import { ApiKeyStore } from './keys/api-key.store.js';
import { ApiKeys } from './keys/api-keys.service.js';

/** Needs PrismaService and HintBus. The api app makes ApiKeyGuard its APP_GUARD. */
@Global()
@Module({ providers: [ApiKeyStore, ApiKeys, ApiKeyGuard], exports: [ApiKeys, ApiKeyGuard] })
export class AccessModule {}
