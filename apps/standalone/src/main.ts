import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type Config,
  describeConfig,
  loadConfig,
  PlatformModule,
  prepareDatabase,
  Readiness,
  startOrExplain,
  stopOnSignal,
} from '@breakwater/platform';
import { ApiModule } from '../../api/src/api.module.js';
import { prepareFirstKey } from '../../api/src/first-key.js';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { createServer, shownUrl } from '../../api/src/server.js';
import { DeliveriesProcessor } from '../../worker/src/deliveries.processor.js';
import { WorkerModule } from '../../worker/src/worker.module.js';
import { Demo } from './demo.js';
import { startEmbeddedPostgres, type RunningPostgres } from './embedded-postgres.js';
import { keptSecret } from './kept-secret.js';
import { welcome } from './welcome.js';

const OPTIONS = ['--no-demo', '--print-config'];

/** Readiness says no for this long before the server closes, ms. */
const DRAIN_NOTICE_MS = 200;

await startOrExplain(async () => {
  const unknown = process.argv.slice(2).find((option) => !OPTIONS.includes(option));
  if (unknown) throw new Error(`unknown option ${unknown}; there are ${OPTIONS.join(' and ')}`);
  const asked = loadConfig({ standalone: true });
  if (process.argv.includes('--print-config')) {
    process.stdout.write(`${describeConfig(asked)}\n`);
    return;
  }
  const dataDir = resolve(asked.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const demo = process.argv.includes('--no-demo') ? null : await Demo.prepare(dataDir);
  const postgres = asked.database.url ? null : await startEmbeddedPostgres(dataDir, giveUp);
  try {
    await run(await completeConfig(asked, dataDir, postgres, demo), dataDir, postgres, demo);
  } catch (error) {
    await demo?.stop();
    await postgres?.stop();
    throw error;
  }
});

/** Nothing goes on without the database; what was accepted is in it. */
function giveUp(): void {
  process.stderr.write('breakwater: its PostgreSQL ended; start again\n');
  process.exit(1);
}

/** The configuration with what this machine's own parts supply. */
async function completeConfig(
  asked: Config,
  dataDir: string,
  postgres: RunningPostgres | null,
  demo: Demo | null,
): Promise<Config> {
  const makeKeys = (): string => `local:${randomBytes(32).toString('base64')}`;
  const keys =
    asked.encryptionKeys.length > 0 ? null : await keptSecret(join(dataDir, 'encryption-keys'), makeKeys);
  return loadConfig({
    supplied: {
      ...(postgres ? { DATABASE_URL: postgres.url, DATABASE_OWNER_URL: postgres.ownerUrl } : {}),
      ...(keys ? { ENCRYPTION_KEYS: keys } : {}),
    },
    ...(demo ? { overrides: { OUTBOUND_ALLOW: [...asked.outbound.allow, demo.address].join(',') } } : {}),
  });
}

async function run(
  config: Config,
  dataDir: string,
  postgres: RunningPostgres | null,
  demo: Demo | null,
): Promise<void> {
  await prepareDatabase(config.database);
  const app = await createServer(
    ApiModule.with(PlatformModule.forRoot(config), WebhookClientModule.forConfig(config), WorkerModule),
  );
  await app.init();
  const keyFile = join(dataDir, 'admin-key');
  const key = await prepareFirstKey(app, config);
  if (key) await writeFile(keyFile, `${key}\n`, { mode: 0o600 });
  await app.listen(config.api.port, config.api.host);
  const sampleUrl = (await demo?.start(app)) ?? null;
  process.stdout.write(`${welcome(await shownUrl(app, config), key, keyFile, sampleUrl)}\n`);
  stopOnSignal(() => stop(app, config, postgres, demo));
}

async function stop(
  app: NestFastifyApplication,
  config: Config,
  postgres: RunningPostgres | null,
  demo: Demo | null,
): Promise<void> {
  process.stdout.write('breakwater: stopping\n');
  app.get(Readiness).drain();
  await Promise.all([delay(DRAIN_NOTICE_MS), app.get(DeliveriesProcessor).drain(config.shutdownTimeoutMs)]);
  await app.close();
  await demo?.stop();
  await postgres?.stop();
  process.stdout.write('breakwater: stopped\n');
}
