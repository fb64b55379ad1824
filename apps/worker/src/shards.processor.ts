import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { shardNames, WAKE_UP_WORKER, WakeUpQueue, type Config, type Wake } from '@breakwater/platform';
import type { Job, Worker } from 'bullmq';

/** Passes the wake-ups of a further shard to the line in which DeliveriesProcessor works. */
@Injectable()
abstract class ShardProcessor extends WorkerHost<Worker<Wake>> implements OnApplicationBootstrap {
  private readonly log = new Logger('Worker');

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

  @OnWorkerEvent('stalled')
  onStalled(jobId: string): void {
    this.log.warn(`wake-up ${jobId} stalled: its worker went away`);
  }

  onApplicationBootstrap(): void {
    this.queue.join(this.worker);
  }
}

/** A processor for each queue except the first. */
export function shardProcessors({ queuePrefixes }: Config): Type[] {
  return shardNames(queuePrefixes.length)
    .slice(1)
    .map((name) => {
      @Processor(name, WAKE_UP_WORKER)
      class ProcessorOfShard extends ShardProcessor {}
      return ProcessorOfShard;
    });
}
