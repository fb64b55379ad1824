import { InjectFlowProducer, InjectQueue } from '@nestjs/bullmq';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { FlowProducer, JobsOptions, Queue, Worker, WorkerOptions } from 'bullmq';
import { MicroBatcher } from '../batching/micro-batcher.js';
import { Config } from '../config/index.js';
import { GOODBYE_MS, within } from '../lifecycle/within.io.js';
import { QueueBackends } from './queue-backends.service.js';
import { Slots } from '../batching/slots.js';

/** The queue's name in the code; QUEUE_NAME is its name in Redis or PostgreSQL. */
export const WAKE_UPS = 'wake-ups';

/** Jobs that a worker holds at once: enough to hide the time to the backend, and few enough to be fair. */
const JOBS_AT_ONCE = 4;

/** For `@Processor(WAKE_UPS, WAKE_UP_WORKER)`. It fetches nothing before {@link WakeUpQueue.consume}. */
export const WAKE_UP_WORKER: Omit<WorkerOptions, 'connection'> = {
  autorun: false,
  concurrency: JOBS_AT_ONCE,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
  maxStalledCount: 1_000_000,
  lockDuration: 60_000,
  // From a lost connection to the next attempt; BullMQ would wait for 15 s.
  runRetryDelay: 1_000,
};

export interface WakeUp {
  deliveryId: string;
  /** From now, ms; 0 or absent means at once. */
  delayMs?: number;
  /** Waiting wake-ups with the same key become one. */
  key?: string;
}

/** What a process is asked to attempt: one delivery, or the next one that waits for an endpoint. */
export type Work =
  | { deliveryId: string }
  | {
      nextOf: { appId: string; endpointId: string };
      /** It was refused before, because its app had no share of this process left. */
      wasRefused: boolean;
    };

/** The data of a job. */
export interface Wake {
  deliveryIds: string[];
  /** Of a test call: its id. It has no deliveries. */
  testId?: string;
}

/** Most wake-ups that go to the backend in one round trip. */
const ADDED_AT_ONCE = 1_000;

/** Longest wait for the last additions of a process that stops, ms. */
const LAST_ADDITIONS_MS = 2_000;

/** A failed addition marks the queue as degraded for this long, unless one succeeds, ms. */
const FAILED_LATELY_MS = 10_000;

// Like BullMQ, a script that writes. A full Redis, a replica, and a user without the rights refuse it.
const TRY = `return redis.call('SET', KEYS[1], '1', 'PX', 60000)`;

/** Due now, and without a key. */
const isPlain = ({ delayMs = 0, key }: WakeUp): boolean => delayMs <= 0 && key === undefined;

interface WakeJob {
  name: string;
  data: Wake;
  opts: JobsOptions;
}

export const jobOptions: JobsOptions = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1,
};

/**
 * Hints that a delivery may be due, kept by BullMQ in Redis or in PostgreSQL. A wake-up carries only an id; one that
 * is lost, repeated, early or late only changes latency. Therefore ids that are added together share jobs, a process
 * with free slots keeps its own wake-ups, and a job ends when work on its ids begins.
 * @see docs/adr/0001-postgres-is-the-truth.md
 * @see docs/adr/0020-who-ends-a-call-makes-the-next.md
 */
@Injectable()
export class WakeUpQueue implements BeforeApplicationShutdown {
  /** One addition in progress at a time: the slower the backend is, the more ids share a job. */
  private readonly additions = new MicroBatcher<WakeUp, boolean>((wakeUps) => this.addAll(wakeUps), {
    maxRows: ADDED_AT_ONCE,
    maxInFlight: 1,
  });
  /** Most ids that share a job. */
  private readonly idsPerJob: number;
  private readonly prefix: string;
  private worker: Worker<Wake> | undefined;
  private line: Slots | undefined;
  private handle: (work: Work) => Promise<void> = async () => undefined;
  private failedAddition: { error: Error; atMs: number } | null = null;
  private stopping = false;
  private closed = false;

  constructor(
    @InjectQueue(WAKE_UPS) private readonly queue: Queue<Wake>,
    @InjectFlowProducer(WAKE_UPS) private readonly flows: FlowProducer,
    private readonly backends: QueueBackends,
    config: Config,
  ) {
    this.prefix = config.queue.prefix;
    this.idsPerJob = Math.ceil(config.queue.concurrency / 4);
    queue.on('error', (error) => this.report(error));
    flows.on('error', (error: Error) => this.report(error));
  }

  async waitUntilReady(): Promise<void> {
    await this.queue.waitUntilReady();
  }

  /** Adds wake-ups, with others in one round trip. Never throws: the sweeper repeats a wake-up that is lost here. */
  async add(wakeUps: WakeUp[]): Promise<boolean> {
    const elsewhere = this.keepWhatFits(wakeUps);
    if (elsewhere.length === 0) return true;
    if (this.closed || this.backends.isAway) return false;
    const added = await Promise.all(elsewhere.map((wakeUp) => this.additions.add(wakeUp)));
    return added.every((isAdded) => isAdded);
  }

  private async addAll(wakeUps: WakeUp[]): Promise<boolean[]> {
    const isAdded = !this.backends.isAway && (await this.tryToAdd(wakeUps));
    return wakeUps.map(() => isAdded);
  }

  private async tryToAdd(wakeUps: WakeUp[]): Promise<boolean> {
    try {
      await this.addJobs(this.jobsOf(wakeUps));
      this.failedAddition = null;
      return true;
    } catch (error) {
      this.failedAddition = { error: error as Error, atMs: performance.now() };
      this.report(error as Error);
      return false;
    }
  }

  /**
   * On PostgreSQL BullMQ's `addBulk` creates two temporary tables in each call, so the system catalogs keep growing. A
   * flow without children adds the same jobs with one statement, and up to 40 of them in less time
   * (docs/adr/0025-queue-registered-by-nestjs-bullmq.md).
   */
  private async addJobs(jobs: WakeJob[]): Promise<void> {
    const [first] = jobs;
    if (first && jobs.length === 1) await this.queue.add(first.name, first.data, first.opts);
    else if (this.backends.redis) await this.queue.addBulk(jobs);
    else await this.flows.addBulk(jobs.map((job) => ({ queueName: this.backends.queueName, ...job })));
  }

  /** Gives this process the wake-ups for which it has free slots. @returns the others */
  private keepWhatFits(wakeUps: WakeUp[]): WakeUp[] {
    const { line } = this;
    if (!line || this.stopping) return wakeUps;
    return wakeUps.filter((wakeUp) => {
      if (!isPlain(wakeUp) || line.free === 0) return true;
      void line.begin(() => this.handle({ deliveryId: wakeUp.deliveryId }));
      return false;
    });
  }

  /**
   * Does work in this process when its turn among the wake-ups comes.
   * @returns false when this process takes no wake-ups, or is behind: then any free process may take it
   */
  doHere(work: Work): boolean {
    if (!this.line || this.stopping || this.line.isBehind) return false;
    void this.line.begin(() => this.handle(work));
    return true;
  }

  private jobsOf(wakeUps: WakeUp[]): WakeJob[] {
    const plain = wakeUps.filter(isPlain).map(({ deliveryId }) => deliveryId);
    const jobs: WakeJob[] = wakeUps
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
    for (let from = 0; from < plain.length; from += this.idsPerJob) {
      const deliveryIds = plain.slice(from, from + this.idsPerJob);
      jobs.push({ name: 'attempt', data: { deliveryIds }, opts: jobOptions });
    }
    return jobs;
  }

  /**
   * Calls `handle` for each wake-up that `worker` fetches or this process gives itself, at most `concurrency` at once.
   * The worker's processor passes its jobs to {@link take}.
   */
  consume(worker: Worker<Wake>, handle: (work: Work) => Promise<void>, concurrency: number): void {
    this.worker = worker;
    this.line = new Slots(concurrency, () => performance.now());
    this.handle = (work) => handle(work).catch((error: Error) => this.report(error));
    worker.run().catch((error: Error) => this.report(error));
  }

  /** Resolves when work on all ids of a job has started: from then on leases in PostgreSQL protect them. */
  async take({ deliveryIds }: Wake): Promise<void> {
    const { line } = this;
    if (line)
      await Promise.all(deliveryIds.map((deliveryId) => line.begin(() => this.handle({ deliveryId }))));
  }

  /** Logs trouble with the backend, the same trouble once in a while. */
  report(error: Error): void {
    this.backends.report(error);
  }

  /** Wake-ups whose handling has started and not ended. */
  get inHand(): number {
    return this.line?.inHand ?? 0;
  }

  /** Takes no more wake-ups; resolves when those being handled have ended. */
  async stopConsuming(): Promise<void> {
    this.stopping = true;
    const { worker, line } = this;
    if (!worker || !line) return;
    // BullMQ would wait for an unavailable backend to come back.
    const closed = worker.close(this.backends.isAway);
    this.backends.pace.stop();
    const overdue = line.drained().then(() => within(closed, GOODBYE_MS));
    await Promise.race([closed, overdue]);
    await line.drained();
  }

  /** Why the backend does not accept what this process adds, or null. Answers within QUEUE_TIMEOUT. */
  async trouble(): Promise<string | null> {
    const { away } = this.backends;
    if (away !== null) return away;
    try {
      await this.tryBackend();
    } catch (error) {
      return this.backends.explain(error as Error);
    }
    const { failedAddition } = this;
    const isRecent = failedAddition !== null && performance.now() - failedAddition.atMs < FAILED_LATELY_MS;
    return isRecent ? this.backends.explain(failedAddition.error) : null;
  }

  /** Why this process's worker gets no jobs, or null. Answers within QUEUE_TIMEOUT. */
  async workerTrouble(): Promise<string | null> {
    const trouble = await this.trouble();
    const { pace } = this.backends;
    if (trouble !== null || pace.fetches) return trouble;
    return pace.trouble === null
      ? 'no answer to the first look for jobs yet'
      : this.backends.explain(pace.trouble);
  }

  private async tryBackend(): Promise<void> {
    const { redis, queueName } = this.backends;
    if (redis) await redis.eval(TRY, 1, `${this.prefix}:${queueName}:tried`);
    else await this.queue.getJobCounts('waiting');
  }

  async counts(): Promise<Record<string, number>> {
    return this.queue.getJobCounts('waiting', 'active', 'delayed');
  }

  /**
   * Redis' eviction policy; null on PostgreSQL, and where Redis does not report it. Any policy except `noeviction` may
   * drop wake-ups.
   * @throws Error when Redis does not answer, or denies INFO
   */
  async evictionPolicy(): Promise<string | null> {
    const { redis } = this.backends;
    if (!redis) return null;
    const info = (await redis.call('INFO', 'memory')) as string;
    return /maxmemory_policy:(\S+)/.exec(info)?.[1] ?? null;
  }

  /** Before Nest's module closes what it registered: it would wait for an unavailable backend. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await within(this.additions.drained(), LAST_ADDITIONS_MS);
    await within(Promise.all([this.stopConsuming(), this.queue.close()]), GOODBYE_MS);
    this.backends.disconnect();
    // Nest's module closes the worker once more, and would wait for an unavailable backend.
    if (this.worker) this.worker.close = async () => undefined;
  }
}
