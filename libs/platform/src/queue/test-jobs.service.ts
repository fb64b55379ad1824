import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { QueueBackends } from './queue-backends.service.js';
import { WAKE_UPS } from './shards.js';
import { jobOptions, type Wake } from './wake-jobs.js';

/** Jobs that try the queue itself, and its clock. They have no deliveries, and are in the first shard. */
@Injectable()
export class TestJobs {
  constructor(
    @InjectQueue(WAKE_UPS) private readonly queue: Queue<Wake>,
    private readonly backends: QueueBackends,
  ) {}

  /**
   * Adds the job of a test call, before all others that wait.
   * @throws Error when the backend does not take it
   */
  async add(testId: string): Promise<void> {
    const { away } = this.backends;
    if (away !== null) throw new Error(away);
    await this.queue.add(
      'test',
      { deliveryIds: [], testId },
      { ...jobOptions, lifo: true, jobId: `test-${testId}` },
    );
  }

  /** Removes it if no worker has taken it. */
  async remove(testId: string): Promise<void> {
    if (!this.backends.isAway) await this.queue.remove(`test-${testId}`);
  }

  /** Redis' clock; null on PostgreSQL. @throws Error when Redis does not answer, or denies TIME */
  async clock(): Promise<Date | null> {
    const { redis } = this.backends;
    if (!redis) return null;
    const [seconds, micros] = await redis.time();
    return new Date(Number(seconds) * 1000 + Number(micros) / 1000);
  }
}
