import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import { Config } from '../config/index.js';
import { QueueBackends } from './queue-backends.service.js';
import { TestJobs } from './test-jobs.service.js';
import { shardNames, WAKE_UPS } from './shards.js';
import { WakeUpQueue } from './wake-up-queue.service.js';
import { WakeUpShards } from './wake-up-shards.service.js';

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
      useFactory: (backends: QueueBackends, { queuePrefixes }: Config) => ({
        connection: backends as never,
        prefix: queuePrefixes[0]!,
      }),
    }),
    BullModule.registerQueueAsync({ name: WAKE_UPS, useFactory: () => ({}) }),
    BullModule.registerFlowProducerAsync({
      name: WAKE_UPS,
      useFactory: () => ({ forceDisconnectOnShutdown: false }),
    }),
  ],
  providers: [WakeUpShards, WakeUpQueue, TestJobs],
  exports: [WakeUpQueue, TestJobs],
})
export class QueueModule {}

/** The queues of the other shards of a cluster of Redis; without a cluster there are none. */
@Module({})
export class QueueShardsModule {
  static forRoot({ queuePrefixes }: Config): DynamicModule {
    const queues = shardNames(queuePrefixes.length).map((name, index) => ({
      name,
      useFactory: () => ({ prefix: queuePrefixes[index]! }),
    }));
    const others = queues.slice(1);
    return {
      module: QueueShardsModule,
      imports: others.length === 0 ? [] : [BullModule.registerQueueAsync(...others)],
    };
  }
}
