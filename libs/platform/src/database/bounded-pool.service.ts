import pg from 'pg';
import { DatabaseConfig } from '../config/sections/storage.js';
import { connectionTo, setForTransaction, type SessionSettings } from './connection.js';
import { databaseTrouble, spoilsConnection } from './database-trouble.js';
import { DatabaseTimeoutError } from './database-timeout.error.js';
import { ScopedQuery } from './scoped-query.service.js';
import type { DatabaseClientConfig } from './database-client.service.js';
import { SessionClient } from './session-client.service.js';

/** Longest waits for the database, ms. */
export interface DatabaseBounds {
  /** Longest wait for a connection, new or from the pool. */
  connectMs: number;
  /** Longest an ordinary statement may take. */
  statementMs: number;
  /** Longest a statement of upkeep may take. */
  upkeepMs: number;
}

/** The limits that the operator has set. */
export function boundsOf(config: DatabaseConfig): DatabaseBounds {
  return {
    connectMs: config.connectTimeoutMs,
    statementMs: config.statementTimeoutMs,
    upkeepMs: config.upkeepTimeoutMs,
  };
}

export const DEFAULT_BOUNDS = boundsOf(new DatabaseConfig());

/** The server ends a statement at its limit; after this extra time a process stops waiting for the error, ms. */
export const GRACE_MS = 500;
/**
 * When a statement takes longer than this, idle connections that received nothing since it was sent count as suspect,
 * ms.
 */
const SUSPECT_AFTER_MS = 1_000;
/** Longest wait until the server has closed a connection, ms. */
const ENDS_WITHIN_MS = 1_000;

/**
 * For one statement: it is not waited for beyond this moment of `performance.now()`, even if the connection's limit is
 * later.
 */
export interface Deadline {
  untilMs?: number;
}

type Callback = (error: Error | null, result?: unknown) => void;

interface Watch {
  onSilence: (sinceMs: number) => void;
  onReadOnly: () => void;
  statementMs: number;
}

/**
 * A connection on which no statement is waited for beyond its limit. After pg's own `query_timeout` a connection would
 * stay in the pool with its answer still to come; here it is destroyed, with everything that waits on it.
 * @see docs/adr/0027-bounds-of-the-database.md
 */
export class BoundedClient extends SessionClient {
  /** Longest wait for one statement, ms. */
  boundMs: number;
  /** When this connection last received something, `performance.now()`. */
  heardAtMs = performance.now();
  /** Why it must not be used again. */
  spoiltBy: Error | undefined;
  /** Is idle in the pool. */
  isIdle = false;
  private readonly watch: Watch;
  private readonly onSlow: () => void;
  private readonly onExpiry: () => void;
  /** Statements that have not ended; the limit of a queued one counts from the end of the one before it. */
  private pending = 0;
  private sentMs = 0;
  private limitMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private ending: Promise<void> | undefined;

  constructor(config: DatabaseClientConfig & { watch: Watch }) {
    super(config);
    this.watch = config.watch;
    this.boundMs = config.watch.statementMs;
    this.onSlow = () => this.suspect();
    this.onExpiry = () => this.expire();
  }

  /** Closes the socket at once; everything that waits on this connection fails with `error`. */
  discard(error: Error): void {
    this.spoiltBy ??= error;
    this.connection.stream.destroy(error);
  }

  // pg has eight overloads of this method; their types stay those of pg.Client. oxlint-disable-next-line
  // typescript/no-explicit-any
  override query(...given: any[]): any {
    const deadline = (given[0] as Deadline | null)?.untilMs;
    const leftMs =
      deadline === undefined ? this.boundMs : Math.min(this.boundMs, deadline - performance.now());
    const last: unknown = given.at(-1);
    if (leftMs <= 0) return tooLate(last);
    if (this.pending++ === 0) this.expect(leftMs);
    if (typeof last === 'function') {
      given[given.length - 1] = this.overBefore(last as Callback);
      return super.query(...(given as [string]));
    }
    const answer: unknown = super.query(...(given as [string]));
    const over = (error?: unknown): void => this.over((error as Error | undefined) ?? null);
    if (answer instanceof Promise) void answer.then(() => over(), over);
    else (answer as pg.Query).once('end', () => over()).once('error', over);
    return answer;
  }

  /**
   * A method of its own: as a closure inside `query` it made V8 move whole requests to its old space, and run three times
   * as many full collections (measured with --trace-gc).
   */
  private overBefore(callback: Callback): Callback {
    return (error, result) => {
      this.over(error);
      callback(error, result);
    };
  }

  /** May be called again: a second end message would be written to a closed socket. */
  override end(): Promise<void>;
  override end(over: (error: Error) => void): void;
  override end(over?: (error: Error) => void): Promise<void> | void {
    this.ending ??= this.endInTime();
    if (!over) return this.ending;
    void this.ending.then(over as () => void);
  }

  /** A server that does not answer never confirms the end. */
  private async endInTime(): Promise<void> {
    const timer = setTimeout(() => this.connection.stream.destroy(), ENDS_WITHIN_MS).unref();
    await super.end();
    clearTimeout(timer);
  }

  private expect(limitMs: number): void {
    this.sentMs = performance.now();
    this.limitMs = limitMs;
    this.timer =
      limitMs > SUSPECT_AFTER_MS && limitMs <= this.watch.statementMs
        ? setTimeout(this.onSlow, SUSPECT_AFTER_MS)
        : setTimeout(this.onExpiry, limitMs);
  }

  private over(error: Error | null): void {
    clearTimeout(this.timer);
    if (error === null) this.heardAtMs = performance.now();
    else if (spoilsConnection(error)) {
      this.spoiltBy ??= error;
      if (databaseTrouble(error) === 'read_only') this.watch.onReadOnly();
    }
    if (--this.pending > 0) this.expect(this.boundMs);
  }

  private suspect(): void {
    this.timer = setTimeout(this.onExpiry, this.limitMs - SUSPECT_AFTER_MS);
    this.watch.onSilence(this.sentMs);
  }

  private expire(): void {
    this.discard(new DatabaseTimeoutError('the database', Math.round(this.limitMs)));
    this.watch.onSilence(this.sentMs);
  }
}

function tooLate(callback: unknown): Promise<never> | void {
  const error = new DatabaseTimeoutError('waiting for a connection to the database', 0);
  if (typeof callback !== 'function') return Promise.reject(error);
  process.nextTick(callback, error);
}

/**
 * A connection through a pooler that lends a server session for each transaction: whatever is set for a session is
 * lost, or is left to somebody else. So each transaction begins with the settings (docs/adr/0042-settings-by-statements.md).
 */
class PooledClient extends BoundedClient {
  private readonly ahead: string;

  constructor(config: DatabaseClientConfig & { watch: Watch; scoped: SessionSettings }) {
    super(config);
    this.ahead = setForTransaction(config.scoped);
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  override query(...given: any[]): any {
    const done: unknown = typeof given.at(-1) === 'function' ? given.pop() : undefined;
    const [config, values] = given as [string | pg.QueryConfig, unknown[] | undefined];
    const query = new ScopedQuery(this, this.ahead, config, values);
    if (done) return super.query(query, done);
    return new Promise((resolve, reject) => {
      super.query(query, (error: Error | null, result: unknown) => (error ? reject(error) : resolve(result)));
    });
  }
}

/** Options of every connection, so that both this process and the server notice when the peer is gone. */
export const KEEPALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;
const SERVER_KEEPALIVE: SessionSettings = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '4',
  tcp_user_timeout: '30000',
};

export interface BoundedPoolOptions {
  url: string;
  settings: SessionSettings;
  /** The pooler at `url` lends a server session for one transaction only. */
  sharesSessions?: boolean;
  max: number;
  min?: number;
  applicationName: string;
  bounds: DatabaseBounds;
  /** Called when idle connections were closed because of what another one met. */
  onShed?: (count: number, why: string) => void;
}

/** A pool with limited waits, which hands out no connection that timed out, is read-only or was lost. */
export class BoundedPool extends pg.Pool {
  private readonly clients = new Set<BoundedClient>();
  private readonly onShed: BoundedPoolOptions['onShed'];

  constructor({
    url,
    settings,
    sharesSessions = false,
    max,
    min,
    applicationName,
    bounds,
    onShed,
  }: BoundedPoolOptions) {
    const watch: Watch = {
      onSilence: (sinceMs) => this.shed(sinceMs, 'does not answer'),
      onReadOnly: () => this.shed(performance.now(), 'is to a server that takes no writes'),
      statementMs: bounds.statementMs + GRACE_MS,
    };
    const ours = { statement_timeout: String(bounds.statementMs), ...settings };
    const direct = connectionTo(url, { ...SERVER_KEEPALIVE, ...ours });
    super({
      ...(sharesSessions
        ? { ...direct, settings: {}, scoped: connectionTo(url, ours).settings, Client: PooledClient }
        : { ...direct, Client: BoundedClient }),
      ...KEEPALIVE,
      max,
      min: min ?? 0,
      application_name: applicationName,
      connectionTimeoutMillis: bounds.connectMs,
      idleTimeoutMillis: 30_000,
      watch,
    } as unknown as pg.PoolConfig);
    this.onShed = onShed;
    this.on('connect', (client) => this.clients.add(bounded(client)));
    this.on('remove', (client) => this.clients.delete(bounded(client)));
    this.on('acquire', (client) => {
      bounded(client).isIdle = false;
    });
    this.on('release', (_error, client) => {
      // Borrowers, Prisma included, report only some errors as a broken connection. The pool keeps no connection that
      // is ending.
      if (bounded(client).spoiltBy) void bounded(client).end();
      bounded(client).isIdle = true;
    });
  }

  /** Whether it is the session of one of its connections since their login. */
  hasSession(pid: number): boolean {
    return [...this.clients].some((client) => client.sessionPid === pid);
  }

  /** Closes idle connections that received nothing since `sinceMs`: they may be as useless as another one. */
  private shed(sinceMs: number, why: string): void {
    const silent = [...this.clients].filter(
      (client) => client.isIdle && client.heardAtMs < sinceMs && !client.spoiltBy,
    );
    for (const client of silent) client.discard(new Error(`idle while another connection ${why}`));
    if (silent.length > 0) this.onShed?.(silent.length, why);
  }
}

/** All clients of this pool are BoundedClients; pg's types do not know that. */
function bounded(client: pg.PoolClient): BoundedClient {
  return client as unknown as BoundedClient;
}
