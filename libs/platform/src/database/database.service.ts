import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import {
  DEFAULT_BOUNDS,
  GRACE_MS,
  type BoundedPool,
  type BoundedClient,
  type DatabaseBounds,
} from './bounded-pool.service.js';
import type { Replica } from './replica.service.js';
import { openServicePool } from './service-pool.service.js';
import { BECOME_TENANT, PLAN_BY_VALUE } from './tenant-statements.js';
import { GOODBYE_MS, within } from '../lifecycle/within.io.js';

// Counts and sums are read as numbers: none here comes near 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * PostgreSQL ends a session after this time without a statement in a transaction, or while it holds the lock of
 * periodic work, ms: its process is stalled.
 */
const STALLED_AFTER_MS = 15_000;

/**
 * Together with the name of the work this is the key of an advisory lock, the same in all processes of one database.
 */
const LOCK_CLASS = 740_211;

// The lock. PostgreSQL ends this session after STALLED_AFTER_MS without a statement, so a stalled process loses its lock.
const LOCK = `
SELECT CASE WHEN pg_try_advisory_lock(${LOCK_CLASS}, hashtext($1)) THEN
  set_config('idle_session_timeout', $2, false) || set_config('statement_timeout', $3, false) END IS NOT NULL AS got`;

const DEADLOCK = '40P01';
const TRIES = 3;

export interface DatabaseOptions {
  url: string;
  /**
   * Of the same database, with a server session for each connection. If it is given, `url` may lead through a pooler
   * that lends sessions for one transaction.
   */
  sessionUrl?: string;
  poolMax: number;
  /** Connections kept open while idle. */
  poolMin?: number;
  applicationName?: string;
  /** Default STALLED_AFTER_MS. */
  stalledAfterMs?: number;
  /** Default DEFAULT_BOUNDS. */
  bounds?: Partial<DatabaseBounds>;
}

export interface QueryOptions {
  /** Longest wait in all, including the wait for a connection, ms; by default as long as any statement. */
  withinMs?: number;
}

export interface LockOptions {
  /** PostgreSQL ends the connection after this time without a statement, ms. */
  stalledAfterMs?: number;
  /** Longest time for each statement on that connection, ms; by default as long as any statement. */
  statementMs?: number;
}

/**
 * Most locks of periodic work in one process. Work in progress keeps one connection for its lock and needs others.
 */
export function locksAtOnce(poolMax: number): number {
  return Math.max(1, Math.floor(poolMax / 3));
}

/** The one connection pool of a process. Hot statements use it by hand, everything else goes through Prisma. */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly pool: BoundedPool;
  /** For what needs one server session for longer than a transaction. */
  private readonly sessions: pg.Pool;
  readonly bounds: DatabaseBounds;
  readonly stalledAfterMs: number;
  /** For reads of history and metrics; null: the primary serves them. */
  replica: Replica | null = null;

  constructor(readonly options: DatabaseOptions) {
    this.stalledAfterMs = options.stalledAfterMs ?? STALLED_AFTER_MS;
    this.bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
    const { url, sessionUrl, poolMax, poolMin = 0 } = options;
    const sharesSessions = sessionUrl !== undefined;
    const usual = {
      stalledAfterMs: this.stalledAfterMs,
      applicationName: options.applicationName ?? 'breakwater',
      bounds: this.bounds,
      log: new Logger(Database.name),
    };
    this.pool = openServicePool({ ...usual, url, sharesSessions, max: poolMax, min: poolMin });
    this.sessions = sharesSessions
      ? openServicePool({ ...usual, url: sessionUrl, max: locksAtOnce(poolMax) + 1 })
      : this.pool;
  }

  /** Whether a session of the server is one that a connection of the pool has for itself, or needs not to be. */
  owns(sessionPid: number): boolean {
    return this.options.sessionUrl !== undefined || this.pool.hasSession(sessionPid);
  }

  /** The URL for connections that listen, lock, or else need a server session of their own. */
  get sessionUrl(): string {
    return this.options.sessionUrl ?? this.options.url;
  }

  /**
   * Rows of one hand-written statement; `name` makes it a prepared one. Values are always bound. After a lost
   * deadlock, for example against a migration, nothing was changed and the statement is repeated.
   * @throws DatabaseTimeoutError when it took too long: then it may have taken effect or not
   */
  async query<Row extends pg.QueryResultRow>(
    statement: { name?: string; text: string },
    values: unknown[] = [],
    { withinMs }: QueryOptions = {},
  ): Promise<Row[]> {
    const untilMs = withinMs === undefined ? undefined : performance.now() + withinMs;
    for (let tries = 1; ; tries++) {
      try {
        return (await this.pool.query<Row>({ ...statement, values, untilMs } as pg.QueryConfig)).rows;
      } catch (error) {
        if ((error as { code?: string }).code !== DEADLOCK || tries === TRIES) throw error;
      }
    }
  }

  /** Rows of one statement for an app's people, under row-level security; null is the platform itself. */
  async queryAs<Row extends pg.QueryResultRow>(
    appId: string | null,
    text: string,
    values: unknown[],
  ): Promise<Row[]> {
    if (appId === null) return this.query<Row>({ text }, values);
    return this.transaction(async (client) => {
      await client.query(BECOME_TENANT, [appId]);
      return (await client.query<Row>(text, values)).rows;
    });
  }

  /** Like `queryAs`, for history and metrics: from the replica, if there is one (docs/operations/replica.md). */
  async historyAs<Row extends pg.QueryResultRow>(
    appId: string | null,
    text: string,
    values: unknown[],
  ): Promise<Row[]> {
    const primary = (): Promise<Row[]> => this.queryAs<Row>(appId, text, values);
    return this.replica === null
      ? primary()
      : this.replica.read(({ database }) => database.queryAs<Row>(appId, text, values), primary);
  }

  /** Like `queryAs`, for a list whose filters say which index is the right one: planned for its values. */
  async listAs<Row extends pg.QueryResultRow>(
    appId: string | null,
    text: string,
    values: unknown[],
  ): Promise<Row[]> {
    return this.transaction(async (client) => {
      await client.query(PLAN_BY_VALUE);
      if (appId !== null) await client.query(BECOME_TENANT, [appId]);
      return (await client.query<Row>(text, values)).rows;
    });
  }

  /** Rows of one statement of upkeep, with the longer time limit of upkeep. */
  async upkeep<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.transaction(async (client) => (await client.query<Row>(text, values)).rows, {
      statementMs: this.bounds.upkeepMs,
    });
  }

  /**
   * Does all of `work` or nothing of it, on one connection.
   * @param statementMs longest time for each statement, ms; by default as long as any statement
   */
  async transaction<T>(
    work: (client: pg.PoolClient) => Promise<T>,
    { statementMs = this.bounds.statementMs }: { statementMs?: number } = {},
  ): Promise<T> {
    const isOrdinary = statementMs === this.bounds.statementMs;
    return this.lend(this.pool, statementMs, async (client) => {
      await client.query(isOrdinary ? 'BEGIN' : `BEGIN; SET LOCAL statement_timeout = ${statementMs}`);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    });
  }

  /**
   * Runs work that only one process does at a time; returns null when another process is doing it. When this process
   * dies or stalls, its lock is released with its connection, and another process may begin.
   * @param work gets that connection, and a signal that aborts when it was lost
   */
  async withLock<T>(
    name: string,
    work: (client: pg.PoolClient, lost: AbortSignal) => Promise<T>,
    { stalledAfterMs = this.stalledAfterMs, statementMs = this.bounds.statementMs }: LockOptions = {},
  ): Promise<T | null> {
    return this.lend(this.sessions, statementMs, async (client) => {
      const { rows } = await client.query<{ got: boolean }>(LOCK, [
        name,
        String(stalledAfterMs),
        String(statementMs),
      ]);
      if (!rows[0]?.got) return null;
      const lost = new AbortController();
      const onLoss = (error: Error): void => lost.abort(error);
      client.on('error', onLoss);
      try {
        const result = await work(client, lost.signal);
        const key = `${LOCK_CLASS}, hashtext(${client.escapeLiteral(name)})`;
        await client.query(
          `SELECT pg_advisory_unlock(${key}); RESET idle_session_timeout; SET statement_timeout = ${this.bounds.statementMs}`,
        );
        return result;
      } finally {
        client.off('error', onLoss);
      }
    });
  }

  /** Last of all: other parts still write while they stop. */
  async onApplicationShutdown(): Promise<void> {
    await this.replica?.close();
    for (const pool of new Set([this.pool, this.sessions]))
      if (!pool.ended) await within(pool.end(), GOODBYE_MS);
  }

  /**
   * Lends a connection to one piece of work. If the work fails, perhaps half-way, the connection is closed with its
   * locks, its role and its transaction: a rollback might never arrive.
   */
  private async lend<T>(
    pool: pg.Pool,
    statementMs: number,
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T> {
    const client = await pool.connect();
    const bounded = client as unknown as BoundedClient;
    const usualMs = bounded.boundMs;
    bounded.boundMs = statementMs + GRACE_MS;
    let broken: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      broken = error as Error;
      throw error;
    } finally {
      bounded.boundMs = usualMs;
      client.release(broken);
    }
  }
}
