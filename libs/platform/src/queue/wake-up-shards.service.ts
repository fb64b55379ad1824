import { getQueueToken, InjectFlowProducer, InjectQueue } from '@nestjs/bullmq';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { FlowProducer, Queue } from 'bullmq';
import { Config } from '../config/index.js';
import { serversOf } from '../redis/open-redis.io.js';
import { QueueBackends } from './queue-backends.service.js';
import { shardNames, WAKE_UPS } from './shards.js';
import type { Wake, WakeJob } from './wake-jobs.js';

// Like BullMQ, a script that writes. A full Redis, a replica, and a user without the rights refuse it.
const TRY = `return redis.call('SET', KEYS[1], '1', 'PX', 60000)`;

/**
 * The queues that hold the wake-ups: one, or in a cluster of Redis one for each shard.
 * @see docs/adr/0045-queue-sharded-in-a-cluster.md
 */
@Injectable()
export class WakeUpShards implements OnModuleInit {
  readonly count: number;
  private readonly prefixes: readonly string[];
  private readonly queues: Queue<Wake>[];

  constructor(
    @InjectQueue(WAKE_UPS) first: Queue<Wake>,
    @InjectFlowProducer(WAKE_UPS) private readonly flows: FlowProducer,
    private readonly backends: QueueBackends,
    private readonly modules: ModuleRef,
    config: Config,
  ) {
    this.prefixes = config.queuePrefixes;
    this.count = this.prefixes.length;
    this.queues = [first];
    first.on('error', (error) => backends.report(error));
    flows.on('error', (error: Error) => backends.report(error));
  }

  /** The other queues are registered by QueueShardsModule. */
  onModuleInit(): void {
    for (const name of shardNames(this.count).slice(1)) {
      const queue = this.modules.get<Queue<Wake>>(getQueueToken(name), { strict: false });
      queue.on('error', (error) => this.backends.report(error));
      this.queues.push(queue);
    }
  }

  async waitUntilReady(): Promise<void> {
    await Promise.all(this.queues.map((queue) => queue.waitUntilReady()));
  }

  /**
   * On PostgreSQL BullMQ's `addBulk` creates two temporary tables in each call, so the system catalogs keep growing. A
   * flow without children adds the same jobs with one statement, and up to 40 of them in less time
   * (docs/adr/0025-queue-registered-by-nestjs-bullmq.md).
   */
  async add(shard: number, jobs: WakeJob[]): Promise<void> {
    const queue = this.queues[shard]!;
    const [first] = jobs;
    if (first && jobs.length === 1) await queue.add(first.name, first.data, first.opts);
    else if (this.backends.redis) await queue.addBulk(jobs);
    else await this.flows.addBulk(jobs.map((job) => ({ queueName: this.backends.queueName, ...job })));
  }

  /** @throws Error when a queue does not take jobs */
  async try(): Promise<void> {
    const { redis, queueName } = this.backends;
    if (redis)
      await Promise.all(this.prefixes.map((prefix) => redis.eval(TRY, 1, `${prefix}:${queueName}:tried`)));
    else await this.queues[0]!.getJobCounts('waiting');
  }

  /** Of all queues together. */
  async counts(): Promise<Record<string, number>> {
    const each = await Promise.all(
      this.queues.map((queue) => queue.getJobCounts('waiting', 'active', 'delayed')),
    );
    const sum: Record<string, number> = {};
    for (const [name, count] of each.flatMap(Object.entries)) sum[name] = (sum[name] ?? 0) + count;
    return sum;
  }

  /**
   * Redis' eviction policy; null on PostgreSQL, and where Redis does not report it. Any policy except `noeviction` may
   * drop wake-ups; of several servers, the first that has such a policy counts.
   * @throws Error when Redis does not answer, or denies INFO
   */
  async evictionPolicy(): Promise<string | null> {
    const { redis } = this.backends;
    if (!redis) return null;
    const texts = await Promise.all(serversOf(redis).map((server) => server.call('INFO', 'memory')));
    const policies = texts.map((text) => /maxmemory_policy:(\S+)/.exec(String(text))?.[1] ?? null);
    return policies.find((policy) => policy !== 'noeviction') ?? policies[0] ?? null;
  }

  async close(): Promise<void> {
    await Promise.all(this.queues.map((queue) => queue.close()));
  }
}
