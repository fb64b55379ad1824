import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Worker, WorkerOptions } from 'bullmq';
import { MicroBatcher } from '../batching/micro-batcher.js';
import { Config } from '../config/index.js';
import { GOODBYE_MS, within } from '../lifecycle/within.io.js';
import { QueueBackends } from './queue-backends.service.js';
import { Slots } from '../batching/slots.js';
import { shardOf } from './shards.js';
import { isPlain, jobsOf, type Wake, type WakeUp } from './wake-jobs.js';
import { WakeUpShards } from './wake-up-shards.service.js';

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

/** What a process is asked to attempt: one delivery, or the next one that waits for an endpoint. */
export type Work =
  | { deliveryId: string }
  | {
      nextOf: { appId: string; endpointId: string };
      /** It was refused before, because its app had no share of this process left. */
      wasRefused: boolean;
    };

/** Most wake-ups that go to the backend in one round trip. */
const ADDED_AT_ONCE = 1_000;

/** Longest wait for the last additions of a process that stops, ms. */
const LAST_ADDITIONS_MS = 2_000;

/** A failed addition marks the queue as degraded for this long, unless one succeeds, ms. */
const FAILED_LATELY_MS = 10_000;

/**
 * Hints that a delivery may be due, kept by BullMQ in Redis or in PostgreSQL. A wake-up carries only an id; one that
 * is lost, repeated, early or late only changes latency. Therefore ids that are added together share jobs, a process
 * with free slots keeps its own wake-ups, and a job ends when work on its ids begins.
 * @see docs/adr/0001-postgres-is-the-truth.md
 * @see docs/adr/0020-who-ends-a-call-makes-the-next.md
 * @see docs/adr/0045-queue-sharded-in-a-cluster.md
 */
@Injectable()
export class WakeUpQueue implements BeforeApplicationShutdown {
  /** For each shard, one addition in progress at a time: the slower the backend is, the more ids share a job. */
  private readonly additions: readonly MicroBatcher<WakeUp, boolean>[];
  /** Most ids that share a job. */
  private readonly idsPerJob: number;
  private readonly workers: Worker<Wake>[] = [];
  private line: Slots | undefined;
  private handle: (work: Work) => Promise<void> = async () => undefined;
  /** The last failure of each shard that has not added anything since. */
  private readonly failedAdditions = new Map<number, { error: Error; atMs: number }>();
  private stopping = false;
  private closed = false;

  constructor(
    private readonly shards: WakeUpShards,
    private readonly backends: QueueBackends,
    config: Config,
  ) {
    this.idsPerJob = Math.ceil(config.queue.concurrency / 4);
    this.additions = Array.from(
      { length: shards.count },
      (_, shard) =>
        new MicroBatcher<WakeUp, boolean>((wakeUps) => this.addAll(shard, wakeUps), {
          maxRows: ADDED_AT_ONCE,
          maxInFlight: 1,
        }),
    );
  }

  async waitUntilReady(): Promise<void> {
    await this.shards.waitUntilReady();
  }

  /** Adds wake-ups, with others in one round trip. Never throws: the sweeper repeats a wake-up that is lost here. */
  async add(wakeUps: WakeUp[]): Promise<boolean> {
    const elsewhere = this.keepWhatFits(wakeUps);
    if (elsewhere.length === 0) return true;
    if (this.closed || this.backends.isAway) return false;
    const added = await Promise.all(elsewhere.map((wakeUp) => this.additionsOf(wakeUp).add(wakeUp)));
    return added.every((isAdded) => isAdded);
  }

  /** Wake-ups with the same key go to the same shard, where they become one. */
  private additionsOf({ deliveryId, key }: WakeUp): MicroBatcher<WakeUp, boolean> {
    return this.additions[shardOf(key ?? deliveryId, this.additions.length)]!;
  }

  private async addAll(shard: number, wakeUps: WakeUp[]): Promise<boolean[]> {
    const isAdded = !this.backends.isAway && (await this.tryToAdd(shard, wakeUps));
    return wakeUps.map(() => isAdded);
  }

  private async tryToAdd(shard: number, wakeUps: WakeUp[]): Promise<boolean> {
    try {
      await this.shards.add(shard, jobsOf(wakeUps, this.idsPerJob));
      this.failedAdditions.delete(shard);
      return true;
    } catch (error) {
      this.failedAdditions.set(shard, { error: error as Error, atMs: performance.now() });
      this.report(error as Error);
      return false;
    }
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

  /**
   * Calls `handle` for each wake-up that `worker` fetches or this process gives itself, at most `concurrency` at once.
   * The worker's processor passes its jobs to {@link take}.
   */
  consume(worker: Worker<Wake>, handle: (work: Work) => Promise<void>, concurrency: number): void {
    this.line = new Slots(concurrency, () => performance.now());
    this.handle = (work) => handle(work).catch((error: Error) => this.report(error));
    this.join(worker);
  }

  /** Adds the worker of a further shard: what it fetches waits in the same line as everything else. */
  join(worker: Worker<Wake>): void {
    worker.concurrency = Math.ceil(JOBS_AT_ONCE / this.shards.count);
    this.workers.push(worker);
    if (this.line === undefined) return;
    for (const each of this.workers) {
      if (!each.isRunning()) each.run().catch((error: Error) => this.report(error));
    }
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
    const { workers, line } = this;
    if (!line) return;
    // BullMQ would wait for an unavailable backend to come back.
    const closed = Promise.all(workers.map((worker) => worker.close(this.backends.isAway)));
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
      await this.shards.try();
    } catch (error) {
      return this.backends.explain(error as Error);
    }
    const sinceMs = performance.now() - FAILED_LATELY_MS;
    const recent = [...this.failedAdditions.values()].find(({ atMs }) => atMs > sinceMs);
    return recent === undefined ? null : this.backends.explain(recent.error);
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

  async counts(): Promise<Record<string, number>> {
    return this.shards.counts();
  }

  /** @see WakeUpShards.evictionPolicy */
  async evictionPolicy(): Promise<string | null> {
    return this.shards.evictionPolicy();
  }

  /** Before Nest's module closes what it registered: it would wait for an unavailable backend. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await within(Promise.all(this.additions.map((each) => each.drained())), LAST_ADDITIONS_MS);
    await within(Promise.all([this.stopConsuming(), this.shards.close()]), GOODBYE_MS);
    this.backends.disconnect();
    // Nest's module closes each worker once more, and would wait for an unavailable backend.
    for (const worker of this.workers) worker.close = async () => undefined;
  }
}
