import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  configFrom,
  ConfigModule,
  QueueModule,
  WAKE_UP_WORKER,
  WAKE_UPS,
  WakeUpQueue,
} from '@breakwater/platform';
import type { Env, Wake } from '@breakwater/platform';
import type { Job, Worker } from 'bullmq';

/** What a worker of the product does with its jobs. */
@Processor(WAKE_UPS, WAKE_UP_WORKER)
export class WakeUpProcessor extends WorkerHost<Worker<Wake>> {
  constructor(private readonly queue: WakeUpQueue) {
    super();
  }

  async process({ data }: Job<Wake>): Promise<void> {
    await this.queue.take(data);
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.queue.report(error);
  }
}

export interface OpenWakeUps {
  queue: WakeUpQueue;
  worker: Worker<Wake>;
  /** Closes it as an application does. */
  close: () => Promise<void>;
}

/** The queue of one process, as the product registers it, with a worker that starts fetching on request. */
export async function openWakeUps(env: Env): Promise<OpenWakeUps> {
  const config = configFrom({ ENCRYPTION_KEYS: `k1:${'A'.repeat(43)}=`, ...env });
  @Module({ imports: [ConfigModule.forRoot(config), QueueModule], providers: [WakeUpProcessor] })
  class Root {}
  const app = await NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
  return {
    queue: app.get(WakeUpQueue, { strict: false }),
    worker: app.get(WakeUpProcessor).worker,
    close: () => app.close(),
  };
}
