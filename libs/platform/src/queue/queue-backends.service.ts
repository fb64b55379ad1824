import { Injectable, Logger } from '@nestjs/common';
import {
  createPostgresBackend,
  createRedisBackend,
  setDefaultBackendFactory,
  type BackendFactory,
  type IQueueBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Config } from '../config/index.js';
import { connectionTo } from '../database/connection.js';
import { AS_SERVICE } from '../database/database.service.js';
import { QUEUE_SCHEMA } from '../migrations/migrate.service.js';

/** Connections of a queue to PostgreSQL at the most. */
const POSTGRES_CONNECTIONS = 4;
/** Longest wait for a connection to PostgreSQL, ms. */
const CONNECTS_WITHIN_MS = 3_000;
/** A worker asks for a Redis that is away at least this often, ms. */
const RECONNECTS_EVERY_MS = 2_000;
/** The same trouble is told once in this time, not with every call, ms. */
const TOLD_EVERY_MS = 10_000;

// `@nestjs/bullmq` has no option for the backend, and BullMQ one default per process. This one asks what the modules of
// an application were given as their connection; any other connection means what it always does, Redis.
setDefaultBackendFactory((name, options, more) => {
  const connection: unknown = options.connection;
  return connection instanceof QueueBackends
    ? connection.make(name, options, more)
    : createRedisBackend(name, options, more);
});

/**
 * Where wake-ups are kept: in Redis, or in PostgreSQL where no Redis is configured. Nest's queue module takes it for
 * the connection, and BullMQ gets its backends from it.
 */
@Injectable()
export class QueueBackends {
  /** The queue's name in the backend. */
  readonly queueName: string;
  /** Of those who add; null where PostgreSQL keeps the queue. */
  readonly redis: Redis | null;
  private readonly pool: pg.Pool | null;
  private readonly log = new Logger('WakeUpQueue');
  private readonly made: IQueueBackend[] = [];
  private lastError = '';
  private isClosed = false;

  constructor(private readonly config: Config) {
    this.queueName = config.queue.name;
    this.redis = config.redis ? this.connectToRedis(config.redis.url) : null;
    this.pool = config.redis ? null : new pg.Pool(this.postgres());
  }

  /** Redis was not reached yet, or is lost: BullMQ would wait for it. */
  get isAway(): boolean {
    return this.redis !== null && this.redis.status !== 'ready';
  }

  /** A queue's or flow producer's backend on the shared connection, a worker's on connections of its own. */
  make(...[, options, more]: Parameters<BackendFactory>): IQueueBackend {
    const isWorker = more?.withBlockingConnection === true;
    const backend = this.config.redis
      ? createRedisBackend(
          this.queueName,
          { ...options, connection: isWorker ? patientRedis(this.config.redis.url) : this.redis! },
          more,
        )
      : tellingErrors(
          createPostgresBackend(
            this.queueName,
            { ...options, connection: isWorker ? this.postgres() : this.pool! },
            more,
          ),
        );
    this.made.push(backend);
    return backend;
  }

  /** Tells of trouble with the backend. */
  report(error: Error): void {
    if (this.isClosed || error.message === this.lastError) return;
    this.lastError = error.message;
    this.log.warn(`queue backend: ${error.message}`);
    setTimeout(() => (this.lastError = ''), TOLD_EVERY_MS).unref();
  }

  /** Lets go of all connections; answers of the backend are not waited for. */
  disconnect(): void {
    this.isClosed = true;
    for (const backend of this.made) backend.close(true).catch(() => undefined);
    this.redis?.disconnect();
    this.pool?.end().catch(() => undefined);
  }

  /** Without an offline queue an add fails at once while Redis is away; the sweeper adds it later. */
  private connectToRedis(url: string): Redis {
    const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, lazyConnect: false });
    redis.on('error', (error) => this.report(error));
    return redis;
  }

  private postgres() {
    return {
      // BullMQ sets the search path for pools that it makes, not for one that it is given.
      ...connectionTo(this.config.database.url, `${AS_SERVICE} -c search_path=${QUEUE_SCHEMA}`),
      schema: QUEUE_SCHEMA,
      application_name: 'breakwater-queue',
      max: POSTGRES_CONNECTIONS,
      connectionTimeoutMillis: CONNECTS_WITHIN_MS,
    };
  }
}

/** BullMQ's flow producer keeps to itself why it added nothing. */
function tellingErrors(backend: IQueueBackend): IQueueBackend {
  const addFlow = backend.addFlow.bind(backend);
  backend.addFlow = async (entries) => {
    const results = await addFlow(entries);
    const error = results?.find(([each]) => each)?.[0];
    if (error) throw error;
    return results;
  };
  return backend;
}

/** BullMQ would wait for up to 20 s before it asks again for a Redis that is back. */
function patientRedis(url: string) {
  return {
    url,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 50, RECONNECTS_EVERY_MS),
  };
}
