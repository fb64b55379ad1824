import { Cluster, type ClusterOptions } from 'ioredis';
import type { RedisAddress } from '../config/redis-target.js';
import { KEEPALIVE_AFTER_MS, type BoundedRedisOptions } from './bounded-redis.service.js';
import { retryAfterMs } from './redis-options.js';
import { withoutInfo } from './without-info.io.js';

/**
 * The connections to the nodes of a cluster of Redis. Every command has a time limit, and the user need not have the
 * right to INFO or CLUSTER INFO.
 */
export class BoundedCluster extends Cluster {
  /**
   * @param timeoutMs longest wait for a connection to a node and for its answer; a connection that receives nothing
   * for this long is replaced
   * @param perNode options of the connection to each node
   */
  constructor(
    private readonly start: readonly RedisAddress[],
    private readonly timeoutMs: number,
    perNode: BoundedRedisOptions,
    private readonly more: Omit<ClusterOptions, 'redisOptions'> = {},
  ) {
    super([...start], {
      slotsRefreshTimeout: timeoutMs,
      clusterRetryStrategy: retryAfterMs,
      enableReadyCheck: false,
      // Each connection resolves its name itself: with TLS the certificate has the name, not the address.
      dnsLookup: (address, done) => done(null, address),
      ...more,
      redisOptions: {
        connectTimeout: timeoutMs,
        commandTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        keepAlive: KEEPALIVE_AFTER_MS,
        enableReadyCheck: false,
        disableClientInfo: true,
        ...perNode,
      },
    });
    withoutInfo(this);
  }

  /** BullMQ's blocking connection: its reads last for seconds, and BullMQ itself ends those that last longer. */
  override duplicate(_nodes?: unknown, override: { redisOptions?: BoundedRedisOptions } = {}): never {
    const perNode = { ...override.redisOptions, commandTimeout: undefined, socketTimeout: undefined };
    // The type of ioredis depends on the reply mapping, which is always the default here.
    return new BoundedCluster(this.start, this.timeoutMs, perNode, this.more) as never;
  }
}
