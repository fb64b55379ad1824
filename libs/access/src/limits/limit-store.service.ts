import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Config, Database, inTime, openRedis, type OpenRedis } from '@breakwater/platform';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { leaseSize, pointsGiven, type Lease } from './leased-points.js';

export const WINDOW_S = 60;

/** Created by the migrations, with the columns that the library expects. */
const TABLE = 'api_rate_limits';

/**
 * Longest wait of a request for the store, as part of the 500 ms beyond a call's deadline; and the time without
 * queries after the store failed, ms.
 */
const ANSWERS_WITHIN_MS = 200;
const LEFT_ALONE_MS = 2000;

/** A counter per key that all processes share, or that a process keeps alone while the store is unavailable. */
export interface SharedLimit {
  /** Never rejects. */
  lease(key: string): Promise<Lease>;
}

/** Where the limits are counted: in Redis if configured, else in PostgreSQL. */
@Injectable()
export class LimitStore implements OnApplicationShutdown {
  private readonly log = new Logger('Limits');
  private redis: OpenRedis | undefined;
  private connecting: Promise<void> | undefined;
  private leftAloneUntilMs = -Infinity;
  private isAway = false;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** @param limit points per key and window */
  limit(name: string, limit: number): SharedLimit {
    const options = {
      keyPrefix: `${this.config.queue.prefix}:limit:${name}`,
      points: limit,
      duration: WINDOW_S,
    };
    const shared = this.shared(options);
    const own = new RateLimiterMemory(options);
    const asked = leaseSize(limit);
    return {
      lease: async (key) => {
        const { consumedPoints, msBeforeNext } = await this.orElse(
          () => shared.penalty(key, asked),
          () => own.penalty(key, asked),
        );
        return { points: pointsGiven(limit, asked, consumedPoints), endsInMs: Math.max(msBeforeNext, 1) };
      },
    };
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }

  private shared(options: { keyPrefix: string; points: number; duration: number }): RateLimiterAbstract {
    if (this.config.redis === null) {
      const table = { tableName: TABLE, tableCreated: true };
      return new RateLimiterPostgres({
        ...options,
        storeClient: this.database.pool,
        storeType: 'pool',
        ...table,
      });
    }
    this.redis ??= this.unconnected(this.config.redis);
    return new RateLimiterRedis({ ...options, storeClient: this.redis, rejectIfRedisNotReady: true });
  }

  private unconnected(target: NonNullable<Config['redis']>): OpenRedis {
    const redis = openRedis(target, this.config.queue.timeoutMs, { lazyConnect: true, waits: false });
    // Without a listener the error would be written to the console; its effect on requests is reported below.
    redis.on('error', () => undefined);
    redis.on('ready', () => (this.leftAloneUntilMs = -Infinity));
    return redis;
  }

  private async orElse<T>(shared: () => Promise<T>, own: () => Promise<T>): Promise<T> {
    if (performance.now() < this.leftAloneUntilMs) return own();
    try {
      const answer = await inTime(
        this.connected().then(shared),
        ANSWERS_WITHIN_MS,
        () => new Error(`no answer within ${ANSWERS_WITHIN_MS} ms`),
      );
      if (this.isAway) this.log.log('the limits of the API are shared between processes again');
      this.isAway = false;
      return answer;
    } catch (error) {
      this.leftAloneUntilMs = performance.now() + LEFT_ALONE_MS;
      if (!this.isAway) {
        const reason = (error as Error).message;
        this.log.warn(`the limits of the API are kept by each process alone for now: ${reason}`);
      }
      this.isAway = true;
      return own();
    }
  }

  /** At the first lease: a process without requests needs no connection. Later it reconnects by itself. */
  private connected(): Promise<void> {
    return (this.connecting ??= this.redis?.connect().catch(() => undefined) ?? Promise.resolve());
  }
}
