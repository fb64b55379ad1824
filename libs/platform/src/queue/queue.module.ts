import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { Config } from '../config/index.js';
import { QueueBackends } from './queue-backends.service.js';
import { TestJobs } from './test-jobs.service.js';
import { WAKE_UPS, WakeUpQueue } from './wake-up-queue.service.js';

@Module({ providers: [QueueBackends], exports: [QueueBackends] })
class QueueBackendsModule {}

/**
 * The queue of wake-ups, registered with Nest's own module. Only {@link WakeUpQueue} adds to it, and {@link TestJobs} what
 * tries it.
 * @see docs/adr/0025-queue-registered-by-nestjs-bullmq.md
 */
@Module({
  imports: [
    QueueBackendsModule,
    BullModule.forRootAsync({
      imports: [QueueBackendsModule],
      inject: [QueueBackends, Config],
      useFactory: (backends: QueueBackends, { queue }: Config) => ({
        connection: backends as never,
        prefix: queue.prefix,
      }),
    }),
    BullModule.registerQueueAsync({ name: WAKE_UPS, useFactory: () => ({}) }),
    BullModule.registerFlowProducerAsync({
      name: WAKE_UPS,
      useFactory: () => ({ forceDisconnectOnShutdown: false }),
    }),
  ],
  providers: [WakeUpQueue, TestJobs],
  exports: [WakeUpQueue, TestJobs],
})
export class QueueModule {}
