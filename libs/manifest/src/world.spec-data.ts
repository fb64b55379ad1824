import { randomBytes } from 'node:crypto';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConfigModule,
  configFrom,
  Database,
  HintBus,
  PrismaService,
  SecretsModule,
} from '@breakwater/platform';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { createTestDatabase, ownerPool } from '@breakwater/testing/database.js';
import { EndpointDirectory } from './directory/endpoint-directory.service.js';
import { ManifestModule } from './manifest.module.js';
import { AppRegistry } from './registry/app-registry.service.js';
import { KnownStrategies } from './registry/known-strategies.service.js';
import { ManifestRegistry } from './registry/manifest-registry.service.js';
import { Resealer } from './reseal/reseal.service.js';

export const RECEIVER = 'http://127.0.0.1:7001';

/** A manifest whose only host is one that the SSRF guard lets through here. */
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

/** One process over a database: the module as an app assembles it. */
export async function startProcess(url: string, encryptionKey: string) {
  const database = new Database({ url, poolMax: 20 });
  const config = configFrom({ DATABASE_URL: url, ENCRYPTION_KEYS: encryptionKey });
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
  return {
    registry: module.get(ManifestRegistry),
    apps: module.get(AppRegistry),
    directory: module.get(EndpointDirectory),
    strategies: module.get(KnownStrategies),
    hints: module.get(HintBus),
    resealer: module.get(Resealer),
    stop: () => module.close(),
  };
}

export async function startWorld(encryptionKey = newEncryptionKey()) {
  const database = await createTestDatabase();
  const first = await startProcess(database.url, encryptionKey);
  const others: { stop(): Promise<void> }[] = [];
  const db = ownerPool(database.url, 3);
  return {
    ...first,
    /** As the owner: sees and may do everything. */
    db,
    startAnother: async (key = encryptionKey) => {
      const other = await startProcess(database.url, key);
      others.push(other);
      return other;
    },
    stop: async () => {
      for (const process of [first, ...others]) await process.stop();
      await db.end();
      await database.drop();
    },
  };
}

export function newEncryptionKey(): string {
  return `k1:${randomBytes(32).toString('base64')}`;
}
