import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  checkDatabase,
  checkDatabases,
  checkPorts,
  checkRedis,
  closeInTime,
  GOODBYE_MS,
  type Config,
  describeConfig,
  loadConfig,
  PlatformModule,
  prepareDatabase,
  refusedBy,
  startOrExplain,
  StopSignal,
  untilReady,
  within,
} from '@breakwater/platform';
import { Heartbeats } from '@breakwater/insights';
import { checkStoredKeys } from '@breakwater/manifest';
import { ApiModule } from '../../api/src/api.module.js';
import { prepareFirstKey } from '../../api/src/first-key.js';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { createServer, shownUrl } from '../../api/src/server.js';
import { stopServing } from '../../api/src/stop-serving.js';
import { DeliveriesProcessor } from '../../worker/src/deliveries.processor.js';
import { WorkerModule } from '../../worker/src/worker.module.js';
import { makeDataFolder, takeDataFolder } from './data-folder.js';
import { Demo } from './demo.js';
import { embeddedFault, startEmbeddedPostgres, type RunningPostgres } from './embedded-postgres.js';
import { keptKeys, type KeptKeyFile } from './kept-secret.js';
import { readOptions, type Options } from './options.js';
import { welcome } from './welcome.js';

/** This machine's own addresses. Ports of databases and the like stay closed (docs/guides/security.md). */
const LOCALHOST = ['localhost', '127.0.0.0/8', '::1/128'];
const LOCALHOST_NOTE =
  'WARNING: --allow-localhost is on: webhooks may call ports of this machine over plain http. For development only.';

await startOrExplain(async () => {
  const signal = new StopSignal();
  const options = readOptions(process.argv.slice(2));
  const asked = loadConfig({ standalone: true });
  if (options.printConfig) {
    process.stdout.write(`${describeConfig(asked)}\n`);
    return;
  }
  if (options.allowLocalhost) requireLoopback(asked);
  const dataDir = resolve(asked.dataDir);
  await makeDataFolder(dataDir);
  if (!asked.database.url) await takeDataFolder(dataDir);
  await checkPorts(asked, { listensForApi: true });
  await checkRedis(asked);
  if (asked.database.url) await checkGivenDatabase(asked);
  const demo = options.noDemo ? null : await Demo.prepare(dataDir);
  const postgres = asked.database.url ? null : await startEmbeddedPostgres(dataDir, giveUp);
  try {
    const kept = await keptKeys(dataDir, { make: asked.encryptionKeys.length === 0 });
    const config = completeConfig(asked, { postgres, demo, kept, allowLocalhost: options.allowLocalhost });
    await prepareDatabase(config.database);
    if (!postgres) await checkDatabases(config.database);
    await checkStoredKeys(config, kept ?? undefined);
    await run(config, { dataDir, postgres, demo, options, signal });
  } catch (error) {
    await demo?.stop();
    await postgres?.stop();
    throw postgres ? refusedBy(error, embeddedFault(error, dataDir)) : error;
  }
});

/** The login of DATABASE_URL may not exist yet: the migration creates it. */
async function checkGivenDatabase({ database }: Config): Promise<void> {
  const { setting, url } = database.migrator();
  await checkDatabase(setting, url, { migrates: true });
}

/** @throws Error when other machines could reach the API although it may call this machine's ports */
function requireLoopback({ api }: Config): void {
  if (/^(localhost|127\.|::1$|\[::1\]$)/.test(api.host)) return;
  throw new Error(
    `--allow-localhost is for development and needs an API that only this machine reaches; remove API_HOST=${api.host}, or name the ports in OUTBOUND_ALLOW`,
  );
}

/** Nothing works without the database; accepted deliveries are stored in it. */
function giveUp(): void {
  process.stderr.write('breakwater: its PostgreSQL ended; start again\n');
  process.exit(1);
}

interface Parts {
  postgres: RunningPostgres | null;
  demo: Demo | null;
}

/** The configuration with the values that this machine's own parts supply. */
function completeConfig(
  asked: Config,
  { postgres, demo, kept, allowLocalhost }: Parts & { kept: KeptKeyFile | null; allowLocalhost: boolean },
): Config {
  const opened = [...(allowLocalhost ? LOCALHOST : []), ...(demo ? [demo.address] : [])];
  return loadConfig({
    supplied: {
      ...(postgres ? { DATABASE_URL: postgres.url, DATABASE_OWNER_URL: postgres.ownerUrl } : {}),
      ...(kept && asked.encryptionKeys.length === 0 ? { ENCRYPTION_KEYS: kept.text } : {}),
    },
    ...(opened.length > 0
      ? { overrides: { OUTBOUND_ALLOW: [...asked.outbound.allow, ...opened].join(',') } }
      : {}),
  });
}

async function run(
  config: Config,
  {
    dataDir,
    postgres,
    demo,
    options,
    signal,
  }: Parts & { dataDir: string; options: Options; signal: StopSignal },
): Promise<void> {
  const app = await createServer(
    ApiModule.with(
      PlatformModule.forRoot(config),
      WebhookClientModule.forConfig(config),
      WorkerModule.forRoot(config),
    ),
  );
  await app.init();
  const keyFile = join(dataDir, 'admin-key');
  const { made: key, note } = await prepareFirstKey(app, config);
  if (key) await writeFile(keyFile, `${key}\n`, { mode: 0o600 });
  await app.listen(config.api.port, config.api.host);
  signal.runs(() => stop(app, config, postgres, demo));
  const sampleUrl = (await demo?.start(app)) ?? null;
  const url = await shownUrl(app, config);
  const notes = [note, options.allowLocalhost ? LOCALHOST_NOTE : null].filter((each) => each !== null);
  await untilReady(app, { who: 'Breakwater', takesJobs: true });
  await app.get(Heartbeats).begin('standalone');
  process.stdout.write(`${welcome({ url, key, keyFile, sampleUrl, notes })}\n`);
}

async function stop(
  app: NestFastifyApplication,
  config: Config,
  postgres: RunningPostgres | null,
  demo: Demo | null,
): Promise<void> {
  process.stdout.write('breakwater: stopping\n');
  const limitMs = config.shutdownTimeoutMs;
  await Promise.all([
    stopServing(app, { noticeMs: config.process.drainNoticeMs, limitMs }),
    app.get(DeliveriesProcessor).drain(limitMs),
  ]);
  await closeInTime(app);
  if (demo) await within(demo.stop(), GOODBYE_MS);
  await postgres?.stop();
  process.stdout.write('breakwater: stopped\n');
}
