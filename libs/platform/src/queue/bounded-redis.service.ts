import { Redis, type RedisOptions } from 'ioredis';

/** Redis is found again within this time after it is back, ms. */
const RECONNECTS_WITHIN_MS = 500;
/** TCP probes a connection that received nothing for this long, ms. */
const KEEPALIVE_AFTER_MS = 5_000;
/** Only Redis 6 and newer can deny INFO; this is the oldest of them that BullMQ accepts without a warning. */
const WITHOUT_INFO = 'redis_version:6.2.0\r\n';

type BoundedRedisOptions = Omit<RedisOptions, 'replyMapping'>;
type Ready = (error: Error | null, text?: string) => void;

/**
 * A connection to Redis on which every command has a time limit, and whose user need not have the right to INFO:
 * ioredis and BullMQ use it for the version only, and BullMQ would give up for good without it.
 */
export class BoundedRedis extends Redis {
  /**
   * @param timeoutMs longest wait for a connection and for an answer; a connection that receives nothing for this long
   * is replaced
   */
  constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
    private readonly more: BoundedRedisOptions = {},
  ) {
    super(url, {
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      keepAlive: KEEPALIVE_AFTER_MS,
      maxRetriesPerRequest: 1,
      retryStrategy: (times) => Math.min(times * 50, RECONNECTS_WITHIN_MS),
      ...more,
    });
    const ask = this.info.bind(this);
    const info = (ready?: Ready): Promise<string> => {
      const text = ask().catch((error: Error) => {
        // ioredis passes `ready`, and connects again when it fails; BullMQ asks once.
        if (ready && !error.message.includes('NOPERM')) throw error;
        return WITHOUT_INFO;
      });
      if (ready) text.then((answer) => ready(null, answer), ready);
      return text;
    };
    this.info = info as unknown as typeof this.info;
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
