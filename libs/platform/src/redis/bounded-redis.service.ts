import { Redis, type RedisOptions } from 'ioredis';
import { retryAfterMs } from './redis-options.js';
import { withoutInfo } from './without-info.io.js';

/** TCP probes a connection that received nothing for this long, ms. */
export const KEEPALIVE_AFTER_MS = 5_000;

export type BoundedRedisOptions = Omit<RedisOptions, 'replyMapping'>;

/**
 * A connection to a Redis server, or to the primary that sentinels name, on which every command has a time limit. Its
 * user need not have the right to INFO.
 */
export class BoundedRedis extends Redis {
  /**
   * @param url of the server; undefined where `more` names sentinels
   * @param timeoutMs longest wait for a connection and for an answer; a connection that receives nothing for this long
   * is replaced
   */
  constructor(
    private readonly url: string | undefined,
    private readonly timeoutMs: number,
    private readonly more: BoundedRedisOptions = {},
  ) {
    // ioredis skips a URL that is undefined; its types do not say so.
    super(url as string, {
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      keepAlive: KEEPALIVE_AFTER_MS,
      maxRetriesPerRequest: 1,
      // One right less that its user needs.
      disableClientInfo: true,
      retryStrategy: retryAfterMs,
      ...more,
    });
    withoutInfo(this);
  }

  /** BullMQ's blocking connection: its reads last for seconds, and BullMQ itself ends those that last longer. */
  override duplicate(override: BoundedRedisOptions = {}): Redis {
    const { url, timeoutMs } = this;
    return new BoundedRedis(url, timeoutMs, {
      ...this.more,
      commandTimeout: undefined,
      socketTimeout: undefined,
      maxRetriesPerRequest: null,
      ...override,
    });
  }
}
