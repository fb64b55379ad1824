import { Processor } from '@nestjs/bullmq';
import type { OnApplicationBootstrap, Type } from '@nestjs/common';
import { shardNames, WAKE_UP_WORKER, type Config } from '@breakwater/platform';
import { WakeUpProcessor } from './wake-up.processor.js';

/** A processor for each queue except the first. */
export function shardProcessors({ queuePrefixes }: Config): Type[] {
  return shardNames(queuePrefixes.length)
    .slice(1)
    .map((name) => {
      @Processor(name, WAKE_UP_WORKER)
      class ShardProcessor extends WakeUpProcessor implements OnApplicationBootstrap {
        /** Its wake-ups join the line in which DeliveriesProcessor works. */
        onApplicationBootstrap(): void {
          this.queue.join(this.worker);
        }
      }
      return ShardProcessor;
    });
}
