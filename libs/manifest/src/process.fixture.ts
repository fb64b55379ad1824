import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConfigModule,
  Database,
  HintBus,
  PrismaService,
  SecretsModule,
  type Env,
} from '@breakwater/platform';
import type { World } from '@breakwater/testing/world.js';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { ClientCertificates } from './certificates/client-certificates.service.js';
import { EndpointDirectory } from './directory/endpoint-directory.service.js';
import { EndpointStore } from './directory/endpoint.store.js';
import { ManifestModule } from './manifest.module.js';
import { PlatformKeys } from './platform-keys/platform-keys.service.js';
import { AppRegistry } from './registry/app-registry.service.js';
import { KnownStrategies } from './registry/known-strategies.service.js';
import { ManifestRegistry } from './registry/manifest-registry.service.js';
import { Resealer } from './reseal/reseal.service.js';
import { Subscriptions } from './subscriptions/subscriptions.service.js';

export const RECEIVER = 'http://127.0.0.1:7001';

/** A manifest whose only host is allowed by the SSRF guard of the tests. */
export function manifest(webhooks: object, part: object = {}): object {
  return { name: 'Quiz', ownerEmail: 'owner@example.com', baseUrl: RECEIVER, webhooks, ...part };
}

const outbound = {
  allow: ['127.0.0.1:7001'],
  allowHttp: false,
  dnsServers: ['127.0.0.1:1'],
  legacySignatureHeaders: true,
  userAgent: 'test',
  maxConnectionsPerOrigin: 1,
  maxOrigins: 10,
};

@Module({})
class PlatformParts {}

export type Process = Awaited<ReturnType<typeof startProcess>>;

/** One process over the world's database, with the module as an app uses it. It ends with the world. */
export async function startProcess(world: World, env: Env = {}) {
  const database = world.node({ poolMax: 20 });
  const config = world.config(env);
  const providers = [{ provide: Database, useValue: database }, PrismaService, HintBus];
  const module = await Test.createTestingModule({
    imports: [
      { module: PlatformParts, global: true, providers, exports: providers },
      ConfigModule.forRoot(config),
      SecretsModule,
      WebhookClientModule.forRoot(outbound),
      ManifestModule,
    ],
  }).compile();
  await module.init();
  world.endsWith(() => module.close());
  return {
    registry: module.get(ManifestRegistry),
    apps: module.get(AppRegistry),
    directory: module.get(EndpointDirectory),
    endpoints: module.get(EndpointStore),
    strategies: module.get(KnownStrategies),
    hints: module.get(HintBus),
    resealer: module.get(Resealer),
    subscriptions: module.get(Subscriptions),
    keys: module.get(PlatformKeys),
    certificates: module.get(ClientCertificates),
    encryptionKeys: config.encryptionKeys,
  };
}
