import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AccessModule } from '@breakwater/access';
import {
  AppLogger,
  checkDatabases,
  checkPorts,
  checkRedisKind,
  closeInTime,
  describeConfig,
  loadConfig,
  PinoLogger,
  PlatformModule,
  startOrExplain,
  StopSignal,
  untilReady,
} from '@breakwater/platform';
import { Heartbeats } from '@breakwater/insights';
import { checkStoredKeys } from '@breakwater/manifest';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { DeliveriesProcessor } from './deliveries.processor.js';
import { WorkerModule } from './worker.module.js';

await startOrExplain(async () => {
  const signal = new StopSignal();
  const config = loadConfig();
  if (process.argv.includes('--print-config')) {
    process.stdout.write(`${describeConfig(config)}\n`);
    return;
  }
  await checkPorts(config, { listensForApi: false });
  await checkDatabases(config.database);
  await checkRedisKind(config);
  await checkStoredKeys(config);
  const app = await NestFactory.createApplicationContext(
    {
      ...WorkerModule.forRoot(config),
      imports: [PlatformModule.forRoot(config), WebhookClientModule.forConfig(config), AccessModule],
    },
    { bufferLogs: true, abortOnError: false },
  );
  app.useLogger(new AppLogger(app.get(PinoLogger)));
  app.flushLogs();
  signal.runs(async () => {
    await app.get(DeliveriesProcessor).drain(config.shutdownTimeoutMs);
    await closeInTime(app);
  });
  await untilReady(app, { who: 'worker', takesJobs: true });
  await app.get(Heartbeats).begin('worker');
  process.stdout.write('breakwater worker ready\n');
});
