import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import { WakeUpQueue, type Wake } from '@breakwater/platform';
import type { Job, Worker } from 'bullmq';

/** Passes the wake-ups of one queue on. */
@Injectable()
export abstract class WakeUpProcessor extends WorkerHost<Worker<Wake>> {
  protected readonly log = new Logger('Worker');

  constructor(protected readonly queue: WakeUpQueue) {
    super();
  }

  async process({ data }: Job<Wake>): Promise<void> {
    await this.queue.take(data);
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.queue.report(error);
  }

  @OnWorkerEvent('stalled')
  onStalled(jobId: string): void {
    this.log.warn(`wake-up ${jobId} stalled: its worker went away`);
  }
}
