import 'reflect-metadata';
import {
  checkDatabases,
  checkPorts,
  checkRedisKind,
  closeInTime,
  describeConfig,
  loadConfig,
  PlatformModule,
  startOrExplain,
  StopSignal,
  untilReady,
} from '@breakwater/platform';
import { Heartbeats } from '@breakwater/insights';
import { checkStoredKeys } from '@breakwater/manifest';
import { ApiModule } from './api.module.js';
import { prepareFirstKey } from './first-key.js';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { createServer, shownUrl } from './server.js';
import { stopServing } from './stop-serving.js';

await startOrExplain(async () => {
  const signal = new StopSignal();
  const config = loadConfig();
  if (process.argv.includes('--print-config')) {
    process.stdout.write(`${describeConfig(config)}\n`);
    return;
  }
  await checkPorts(config, { listensForApi: true });
  await checkDatabases(config.database);
  await checkRedisKind(config);
  await checkStoredKeys(config);
  const app = await createServer(
    ApiModule.with(PlatformModule.forRoot(config), WebhookClientModule.forConfig(config)),
  );
  await app.init();
  const firstKey = await prepareFirstKey(app, config);
  await app.listen(config.api.port, config.api.host);
  signal.runs(async () => {
    await stopServing(app, { noticeMs: config.process.drainNoticeMs, limitMs: config.shutdownTimeoutMs });
    await closeInTime(app);
  });
  if (firstKey.made) process.stdout.write(`first admin key, shown once: ${firstKey.made}\n`);
  if (firstKey.note) process.stdout.write(`${firstKey.note}\n`);
  // It already listens, so that /readyz can report why it is not ready; it accepts requests as soon as it can.
  await untilReady(app, { who: 'api', takesJobs: false });
  await app.get(Heartbeats).begin('api');
  process.stdout.write(`breakwater api ready on ${await shownUrl(app, config)}\n`);
});
