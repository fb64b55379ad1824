import { Injectable, Logger } from '@nestjs/common';
import {
  createPostgresBackend,
  createRedisBackend,
  setDefaultBackendFactory,
  type BackendFactory,
  type IQueueBackend,
} from 'bullmq';
import pg from 'pg';
import { Config } from '../config/index.js';
import type { RedisTarget } from '../config/redis-target.js';
import { connectionTo } from '../database/connection.js';
import { SessionClient } from '../database/session-client.service.js';
import { AS_SERVICE } from '../database/service-pool.service.js';
import { SaidLately } from '../logging/said-lately.js';
import { QUEUE_SCHEMA } from '../migrations/migrate.io.js';
import { onTrouble, openRedis, type OpenRedis } from '../redis/open-redis.io.js';
import { queueTrouble, type QueuePlace } from './queue-trouble.js';
import { WorkerPace } from './worker-pace.service.js';

/** Most connections of a queue to PostgreSQL. */
const POSTGRES_CONNECTIONS = 4;
/** A worker looks for jobs at least this often, even without notifications, s. */
const LOOKS_EVERY_S = 10;
/** The same trouble is logged once in this time, ms. */
const SAID_EVERY_MS = 30_000;

// `@nestjs/bullmq` has no option for the backend, and BullMQ has one default per process. This factory checks the
// connection that the application's modules were given; any other connection means Redis, as usual.
setDefaultBackendFactory((name, options, more) => {
  const connection: unknown = options.connection;
  return connection instanceof QueueBackends
    ? connection.make(name, options, more)
    : createRedisBackend(name, options, more);
});

/**
 * Where wake-ups are kept: in Redis, or in PostgreSQL where no Redis is configured. Nest's queue module uses it as the
 * connection, and BullMQ gets its backends from it.
 */
@Injectable()
export class QueueBackends {
  /** The queue's name in the backend. */
  readonly queueName: string;
  /** Used for adding; null where the queue is in PostgreSQL. */
  readonly redis: OpenRedis | null;
  /** Of this process's worker, if it has one. */
  readonly pace = new WorkerPace();
  private readonly pool: pg.Pool | null;
  private readonly log = new Logger('WakeUpQueue');
  private readonly made: IQueueBackend[] = [];
  private readonly pools: pg.Pool[] = [];
  private forWorkers: OpenRedis | undefined;
  private readonly said = new SaidLately(SAID_EVERY_MS);
  private readonly place: QueuePlace;
  /** Since Redis was last connected. */
  private lastError: Error | null = null;
  private isClosed = false;

  constructor(private readonly config: Config) {
    this.queueName = config.queue.name;
    this.place = config.redis ? { backend: 'redis', setting: config.redis.setting } : { backend: 'postgres' };
    this.redis = config.redis ? this.connectToRedis(config.redis) : null;
    this.pool = config.redis ? null : this.openPool(POSTGRES_CONNECTIONS);
  }

  /** Redis was not connected yet, or is lost: BullMQ would wait for it. */
  get isAway(): boolean {
    return this.redis !== null && this.redis.status !== 'ready';
  }

  /** A queue or a flow producer uses the shared connection, a worker its own connections. */
  make(...[, options, more]: Parameters<BackendFactory>): IQueueBackend {
    const isWorker = more?.withBlockingConnection === true;
    const backend = this.config.redis
      ? createRedisBackend(
          this.queueName,
          { ...options, connection: isWorker ? this.workerRedis(this.config.redis) : this.redis! },
          more,
        )
      : mended(
          createPostgresBackend(
            this.queueName,
            // A worker keeps one connection to listen on. A pool of BullMQ's own knows one host, and sends startup options.
            { ...options, connection: isWorker ? this.openPool(POSTGRES_CONNECTIONS + 1) : this.pool! },
            more,
          ),
        );
    if (isWorker) this.pace.keep(backend);
    this.made.push(backend);
    return backend;
  }

  /** Why Redis is unavailable, or null. */
  get away(): string | null {
    return this.isAway ? this.explain(this.lastError ?? new Error('no connection yet')) : null;
  }

  /** What an error of the backend means, with the remedy. */
  explain(error: Error): string {
    return queueTrouble(error, this.place);
  }

  /** Logs trouble with the backend, the same trouble once in a while. */
  report(error: Error): void {
    const text = this.explain(error);
    if (!this.isClosed && this.said.isDue(text, performance.now())) this.log.warn(text);
  }

  /** Closes all connections without waiting for answers of the backend. */
  disconnect(): void {
    this.isClosed = true;
    this.pace.stop();
    for (const backend of this.made) backend.close(true).catch(() => undefined);
    for (const redis of [this.redis, this.forWorkers]) redis?.disconnect();
    for (const pool of this.pools) pool.end().catch(() => undefined);
  }

  /** Without an offline queue an addition fails at once while Redis is unavailable; the sweeper repeats it later. */
  private connectToRedis(target: RedisTarget): OpenRedis {
    const redis = openRedis(target, this.config.queue.timeoutMs, { waits: false });
    onTrouble(redis, (error) => {
      this.lastError = error;
      this.report(error);
    });
    redis.on('ready', () => (this.lastError = null));
    return redis;
  }

  /** Workers of several shards share it; each has a connection of its own to wait for jobs. */
  private workerRedis(target: RedisTarget): OpenRedis {
    return (this.forWorkers ??= openRedis(target, this.config.queue.timeoutMs));
  }

  private openPool(max: number): pg.Pool {
    const { database, queue } = this.config;
    const pool = new pg.Pool({
      // BullMQ's statements find their tables by the search path.
      ...connectionTo(database.sessionUrl ?? database.url, { ...AS_SERVICE, search_path: QUEUE_SCHEMA }),
      Client: SessionClient,
      application_name: 'breakwater-queue',
      max,
      connectionTimeoutMillis: queue.timeoutMs,
      // A late answer is dropped with its connection.
      query_timeout: queue.timeoutMs,
      keepAlive: true,
    } as unknown as pg.PoolConfig);
    this.pools.push(pool);
    return pool;
  }
}

/**
 * BullMQ's backend on PostgreSQL with three fixes: it reports why a flow was not added, it becomes ready after a first
 * failure, and it looks for jobs also when no notification comes.
 */
function mended(backend: IQueueBackend): IQueueBackend {
  const addFlow = backend.addFlow.bind(backend);
  backend.addFlow = async (entries) => {
    const results = await addFlow(entries);
    const error = results?.find(([each]) => each)?.[0];
    if (error) throw error;
    return results;
  };
  const { connection } = backend as unknown as { connection: Remembering };
  forgetFailure(connection);
  forgetFailure(backend as unknown as Remembering);
  Object.defineProperty(backend, 'maximumBlockTimeout', { value: LOOKS_EVERY_S });
  return backend;
}

interface Remembering {
  readyPromise: Promise<void> | undefined;
  waitUntilReady(): Promise<void>;
}

/** BullMQ remembers for ever that its first look at the tables failed. */
function forgetFailure(remembering: Remembering): void {
  const wait = remembering.waitUntilReady.bind(remembering);
  remembering.waitUntilReady = async () => {
    const first = remembering.readyPromise;
    try {
      await wait();
    } catch (error) {
      if (first === undefined || remembering.readyPromise === first) remembering.readyPromise = undefined;
      throw error;
    }
  };
}
