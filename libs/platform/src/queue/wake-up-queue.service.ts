import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import {
  Queue,
  Worker,
  createPostgresBackend,
  type JobsOptions,
  type PostgresConnectionOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import { AS_SERVICE } from '../database/database.service.js';
import { QUEUE_SCHEMA } from '../migrations/migrate.service.js';

export interface WakeUpQueueOptions {
  name: string;
  /** Keys in Redis start with it. */
  prefix: string;
  redisUrl: string | null;
  databaseUrl: string;
}

export interface WakeUp {
  deliveryId: string;
  /** From now, ms; 0 or absent means at once. */
  delayMs?: number;
  /** Wake-ups with the same key that still wait collapse into one. */
  key?: string;
}

interface Wake {
  deliveryId: string;
}

/** Longest wait for the backend's goodbye, ms. */
const CLOSES_WITHIN_MS = 5_000;

const jobOptions: JobsOptions = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1,
};

/**
 * Hints that a delivery may be due, kept by BullMQ on Redis or on PostgreSQL. A wake-up carries an id and nothing
 * else; one that is lost, doubled, early or late changes nothing but latency.
 */
export class WakeUpQueue implements OnApplicationShutdown {
  private readonly log = new Logger(WakeUpQueue.name);
  private readonly queue: Queue<Wake>;
  private readonly redis: Redis | undefined;
  private workerRedis: Redis | undefined;
  private worker: Worker<Wake> | undefined;
  private lastError = '';
  private closed = false;

  constructor(private readonly options: WakeUpQueueOptions) {
    if (options.redisUrl) {
      // Without an offline queue an add fails at once while Redis is away; the sweeper adds it later.
      this.redis = new Redis(options.redisUrl, {
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        lazyConnect: false,
      });
      this.redis.on('error', (error) => this.report(error));
      this.queue = new Queue<Wake>(options.name, {
        connection: this.redis,
        prefix: options.prefix,
      });
    } else {
      this.queue = new Queue<Wake>(
        options.name,
        { connection: this.postgres(4) } as never,
        createPostgresBackend as never,
      );
    }
    this.queue.on('error', (error) => this.report(error));
  }

  async waitUntilReady(): Promise<void> {
    await this.queue.waitUntilReady();
  }

  /** Adds wake-ups in one round trip. Never throws: a hint that is lost now is the sweeper's to repeat. */
  async add(wakeUps: WakeUp[]): Promise<boolean> {
    if (wakeUps.length === 0) return true;
    if (this.closed || this.isAway) return false;
    try {
      await this.queue.addBulk(
        wakeUps.map(({ deliveryId, delayMs, key }) => ({
          name: 'attempt',
          data: { deliveryId },
          opts: {
            ...jobOptions,
            // BullMQ cuts its clock to whole ms: without one more a wake-up might come before its delivery is due.
            ...(delayMs && delayMs > 0 ? { delay: Math.ceil(delayMs) + 1 } : {}),
            ...(key ? { jobId: key } : {}),
          },
        })),
      );
      return true;
    } catch (error) {
      this.report(error as Error);
      return false;
    }
  }

  /** Calls `handle` for each wake-up, at most `concurrency` at once. */
  async consume(handle: (deliveryId: string) => Promise<void>, concurrency: number): Promise<void> {
    const common = {
      concurrency,
      prefix: this.options.prefix,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      maxStalledCount: 1_000_000,
      lockDuration: 60_000,
    };
    const process = async (job: { data: Wake }): Promise<void> => handle(job.data.deliveryId);
    this.workerRedis = this.redis?.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true });
    this.worker = this.workerRedis
      ? new Worker<Wake>(this.options.name, process, { ...common, connection: this.workerRedis })
      : new Worker<Wake>(
          this.options.name,
          process,
          { ...common, connection: this.postgres(Math.min(4 + Math.ceil(concurrency / 10), 10)) } as never,
          createPostgresBackend as never,
        );
    this.worker.on('error', (error) => this.report(error));
    this.worker.on('stalled', (jobId) => this.log.warn(`wake-up ${jobId} stalled: its worker went away`));
    await this.worker.waitUntilReady();
  }

  /** Takes no further wake-ups; resolves when those being handled are done. */
  async stopConsuming(): Promise<void> {
    await this.worker?.close();
  }

  /** Whether the backend answers now. */
  async ping(): Promise<boolean> {
    if (this.isAway) return false;
    try {
      await this.queue.getJobCounts('waiting');
      return true;
    } catch {
      return false;
    }
  }

  async counts(): Promise<Record<string, number>> {
    return this.queue.getJobCounts('waiting', 'active', 'delayed');
  }

  /** Redis' eviction policy, or null on PostgreSQL. Anything but `noeviction` may drop wake-ups (row K3). */
  async evictionPolicy(): Promise<string | null> {
    if (!this.redis) return null;
    const info = await this.redis.info('memory');
    return /maxmemory_policy:(\S+)/.exec(info)?.[1] ?? null;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    // A backend that is away must not keep the process from ending.
    const closing = Promise.allSettled([this.stopConsuming(), this.queue.close()]);
    await Promise.race([closing, delay(CLOSES_WITHIN_MS, undefined, { ref: false })]);
    // BullMQ leaves connections open that it was given.
    this.workerRedis?.disconnect();
    this.redis?.disconnect();
  }

  /** Redis was not reached yet, or is lost: BullMQ would wait for it. */
  private get isAway(): boolean {
    return this.redis !== undefined && this.redis.status !== 'ready';
  }

  private postgres(max: number): PostgresConnectionOptions {
    return { connectionString: this.options.databaseUrl, options: AS_SERVICE, schema: QUEUE_SCHEMA, max };
  }

  /** The same trouble is told once, not with every call. */
  private report(error: Error): void {
    if (error.message === this.lastError) return;
    this.lastError = error.message;
    this.log.warn(`queue backend: ${error.message}`);
    setTimeout(() => (this.lastError = ''), 10_000).unref();
  }
}
