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
import { MicroBatcher } from '../batching/micro-batcher.js';
import { connectionTo } from '../database/connection.js';
import { AS_SERVICE } from '../database/database.service.js';
import { QUEUE_SCHEMA } from '../migrations/migrate.service.js';
import { WakeUpLine } from './wake-up-line.js';

export interface WakeUpQueueOptions {
  name: string;
  /** Keys in Redis start with it. */
  prefix: string;
  redisUrl: string | null;
  databaseUrl: string;
  /** Ids that share a job at the most. */
  idsPerJob: number;
}

export interface WakeUp {
  deliveryId: string;
  /** From now, ms; 0 or absent means at once. */
  delayMs?: number;
  /** Wake-ups with the same key that still wait collapse into one. */
  key?: string;
}

interface Wake {
  deliveryIds: string[];
}

/** Jobs a worker holds whose ids wait for their turn: enough to hide the way to the backend, few enough to be fair. */
const JOBS_AT_ONCE = 4;

/** Wake-ups that go to the backend in one round trip at the most. */
const ADDED_AT_ONCE = 1_000;

/** Longest wait for the backend's goodbye, ms. */
const CLOSES_WITHIN_MS = 5_000;

/** Due now, and not to collapse with others. */
const isPlain = ({ delayMs = 0, key }: WakeUp): boolean => delayMs <= 0 && key === undefined;

const jobOptions: JobsOptions = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1,
};

/**
 * Hints that a delivery may be due, kept by BullMQ on Redis or on PostgreSQL. A wake-up carries an id and nothing
 * else; one that is lost, doubled, early or late changes nothing but latency. So those given in one go share jobs, a
 * process that has room for them hands them to itself, and a job is over when its ids are begun on (ADR 20).
 */
export class WakeUpQueue implements OnApplicationShutdown {
  private readonly log = new Logger(WakeUpQueue.name);
  private readonly queue: Queue<Wake>;
  /** One addition under way at a time: the slower the backend is, the more ids share a job. */
  private readonly additions = new MicroBatcher<WakeUp, boolean>((wakeUps) => this.addAll(wakeUps), {
    maxRows: ADDED_AT_ONCE,
    maxInFlight: 1,
  });
  private readonly redis: Redis | undefined;
  private workerRedis: Redis | undefined;
  private worker: Worker<Wake> | undefined;
  private line: WakeUpLine | undefined;
  private handle: (deliveryId: string) => Promise<void> = async () => undefined;
  private lastError = '';
  private stopping = false;
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

  /** Adds wake-ups, with others in one round trip. Never throws: a hint that is lost now is the sweeper's to repeat. */
  async add(wakeUps: WakeUp[]): Promise<boolean> {
    const elsewhere = this.keepWhatFits(wakeUps);
    if (elsewhere.length === 0) return true;
    if (this.closed || this.isAway) return false;
    const added = await Promise.all(elsewhere.map((wakeUp) => this.additions.add(wakeUp)));
    return added.every((isAdded) => isAdded);
  }

  private async addAll(wakeUps: WakeUp[]): Promise<boolean[]> {
    const isAdded = !this.isAway && (await this.tryToAdd(wakeUps));
    return wakeUps.map(() => isAdded);
  }

  private async tryToAdd(wakeUps: WakeUp[]): Promise<boolean> {
    try {
      await this.queue.addBulk(this.jobsOf(wakeUps));
      return true;
    } catch (error) {
      this.report(error as Error);
      return false;
    }
  }

  /** Hands this process what it has room for now. @returns the others */
  private keepWhatFits(wakeUps: WakeUp[]): WakeUp[] {
    const { line } = this;
    if (!line || this.stopping) return wakeUps;
    return wakeUps.filter((wakeUp) => {
      if (!isPlain(wakeUp) || line.room === 0) return true;
      void line.enter(() => this.handle(wakeUp.deliveryId));
      return false;
    });
  }

  /**
   * Does work in this process when its turn among the wake-ups comes.
   * @param work never throws
   * @returns false where no wake-ups are taken, or this process is behind: it is for whoever is free then
   */
  doHere(work: () => Promise<unknown>): boolean {
    if (!this.line || this.stopping || this.line.isBehind) return false;
    void this.line.enter(work);
    return true;
  }

  private jobsOf(wakeUps: WakeUp[]): Parameters<Queue<Wake>['addBulk']>[0] {
    const plain = wakeUps.filter(isPlain).map(({ deliveryId }) => deliveryId);
    const jobs = wakeUps
      .filter((wakeUp) => !isPlain(wakeUp))
      .map(({ deliveryId, delayMs = 0, key }) => ({
        name: 'attempt',
        data: { deliveryIds: [deliveryId] },
        opts: {
          ...jobOptions,
          // BullMQ cuts its clock to whole ms: without one more a wake-up might come before its delivery is due.
          ...(delayMs > 0 ? { delay: Math.ceil(delayMs) + 1 } : {}),
          ...(key ? { jobId: key } : {}),
        },
      }));
    for (let from = 0; from < plain.length; from += this.options.idsPerJob) {
      const deliveryIds = plain.slice(from, from + this.options.idsPerJob);
      jobs.push({ name: 'attempt', data: { deliveryIds }, opts: jobOptions });
    }
    return jobs;
  }

  /** Calls `handle` for each wake-up, at most `concurrency` at once. */
  async consume(handle: (deliveryId: string) => Promise<void>, concurrency: number): Promise<void> {
    const line = new WakeUpLine(concurrency, () => performance.now());
    this.line = line;
    this.handle = (id) => handle(id).catch((error: Error) => this.report(error));
    const common = {
      concurrency: JOBS_AT_ONCE,
      prefix: this.options.prefix,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      maxStalledCount: 1_000_000,
      lockDuration: 60_000,
    };
    const process = async ({ data }: { data: Wake }): Promise<void> => {
      await Promise.all(data.deliveryIds.map((id) => line.enter(() => this.handle(id))));
    };
    this.workerRedis = this.redis?.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true });
    this.worker = this.workerRedis
      ? new Worker<Wake>(this.options.name, process, { ...common, connection: this.workerRedis })
      : new Worker<Wake>(
          this.options.name,
          process,
          { ...common, connection: this.postgres(JOBS_AT_ONCE) } as never,
          createPostgresBackend as never,
        );
    this.worker.on('error', (error) => this.report(error));
    this.worker.on('stalled', (jobId) => this.log.warn(`wake-up ${jobId} stalled: its worker went away`));
    await this.worker.waitUntilReady();
  }

  /** Takes no further wake-ups; resolves when those being handled are done. */
  async stopConsuming(): Promise<void> {
    this.stopping = true;
    await this.worker?.close();
    await this.line?.drained();
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
    const emptied = this.additions.drained().then(() => this.queue.close());
    const closing = Promise.allSettled([this.stopConsuming(), emptied]);
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
    return { ...connectionTo(this.options.databaseUrl, AS_SERVICE), schema: QUEUE_SCHEMA, max };
  }

  /** The same trouble is told once, not with every call. */
  private report(error: Error): void {
    if (error.message === this.lastError) return;
    this.lastError = error.message;
    this.log.warn(`queue backend: ${error.message}`);
    setTimeout(() => (this.lastError = ''), 10_000).unref();
  }
}
