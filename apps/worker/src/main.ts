import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AccessModule } from '@breakwater/access';
import { describeConfig, loadConfig, PinoLogger } from '@breakwater/platform';
import { startOrExplain, stopOnSignal } from '../../api/src/lifecycle.js';
import { processModules } from '../../api/src/process-modules.js';
import { DeliveriesProcessor } from './deliveries.processor.js';
import { WorkerModule } from './worker.module.js';

await startOrExplain(async () => {
  const config = loadConfig();
  if (process.argv.includes('--print-config')) {
    process.stdout.write(`${describeConfig(config)}\n`);
    return;
  }
  const app = await NestFactory.createApplicationContext(
    { module: WorkerModule, imports: [...processModules(config), AccessModule] },
    { bufferLogs: true, abortOnError: false },
  );
  app.useLogger(app.get(PinoLogger));
  app.flushLogs();
  process.stdout.write('breakwater worker ready\n');
  stopOnSignal(async () => {
    await app.get(DeliveriesProcessor).drain(config.shutdownTimeoutMs);
    await app.close();
  });
});
