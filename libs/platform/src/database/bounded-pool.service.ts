import pg from 'pg';
import { DatabaseConfig } from '../config/sections/storage.js';
import { connectionTo } from './connection.js';
import { spoilsConnection } from './database-trouble.js';
import { DatabaseTimeoutError } from './database-timeout.error.js';

/** How long anything of the database is waited for, ms. */
export interface DatabaseBounds {
  /** Longest wait for a connection, a new one or one of the pool. */
  connectMs: number;
  /** Longest an ordinary statement may take. */
  statementMs: number;
  /** Longest a statement of upkeep may take. */
  upkeepMs: number;
}

/** The bounds that an operator has set. */
export function boundsOf(config: DatabaseConfig): DatabaseBounds {
  return {
    connectMs: config.connectTimeoutMs,
    statementMs: config.statementTimeoutMs,
    upkeepMs: config.upkeepTimeoutMs,
  };
}

export const DEFAULT_BOUNDS = boundsOf(new DatabaseConfig());

/** The server ends a statement at its bound; so much later a process no longer waits for it to say so, ms. */
export const GRACE_MS = 500;
/** A statement that takes longer makes idle connections suspect that were not heard of since it was sent, ms. */
const SUSPECT_AFTER_MS = 1_000;
/** Longest wait until a server has closed a connection that is thrown away, ms. */
const ENDS_WITHIN_MS = 1_000;

/** Of a statement: not waited for beyond this moment of `performance.now()`, however much the connection allows. */
export interface Deadline {
  untilMs?: number;
}

type Callback = (error: Error | null, result?: unknown) => void;

interface Watch {
  onSilence: (sinceMs: number) => void;
  statementMs: number;
}

/**
 * A connection on which no statement is waited for beyond its bound. pg's own `query_timeout` leaves a connection in
 * the pool whose answer is still to come; here it is destroyed, with everything that waits on it.
 * @see docs/adr/0027-bounds-of-the-database.md
 */
export class BoundedClient extends pg.Client {
  /** Longest wait for one statement, ms. */
  boundMs: number;
  /** When this connection last proved to be alive, `performance.now()`. */
  heardAtMs = performance.now();
  /** Why it must not be used again. */
  spoiltBy: Error | undefined;
  /** Lies in the pool. */
  isIdle = false;
  private readonly watch: Watch;
  private readonly onSlow: () => void;
  private readonly onExpiry: () => void;
  /** Statements that are not over; one that waits behind another has its bound from when that one is over. */
  private pending = 0;
  private sentMs = 0;
  private limitMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private ending: Promise<void> | undefined;

  constructor(config: pg.ClientConfig & { watch: Watch }) {
    super(config);
    this.watch = config.watch;
    this.boundMs = config.watch.statementMs;
    this.onSlow = () => this.suspect();
    this.onExpiry = () => this.expire();
  }

  /** Closes the socket at once; whatever waits on this connection fails with `error`. */
  discard(error: Error): void {
    this.spoiltBy ??= error;
    this.connection.stream.destroy(error);
  }

  // pg has eight overloads of this; their types stay those of pg.Client.
  // oxlint-disable-next-line typescript/no-explicit-any
  override query(...given: any[]): any {
    const deadline = (given[0] as Deadline | null)?.untilMs;
    const leftMs =
      deadline === undefined ? this.boundMs : Math.min(this.boundMs, deadline - performance.now());
    const last: unknown = given.at(-1);
    if (leftMs <= 0) return tooLate(last);
    if (this.pending++ === 0) this.expect(leftMs);
    if (typeof last === 'function') {
      given[given.length - 1] = (error: Error | null, result: unknown): void => {
        this.over(error);
        (last as Callback)(error, result);
      };
    }
    const answer: unknown = super.query(...(given as [string]));
    if (typeof last !== 'function') {
      const over = (error?: unknown): void => this.over((error as Error | undefined) ?? null);
      if (answer instanceof Promise) void answer.then(() => over(), over);
      else (answer as pg.Query).once('end', () => over()).once('error', over);
    }
    return answer;
  }

  /** May be called again: a second goodbye would be written to a closed socket. */
  override end(): Promise<void>;
  override end(over: (error: Error) => void): void;
  override end(over?: (error: Error) => void): Promise<void> | void {
    this.ending ??= this.endInTime();
    if (!over) return this.ending;
    void this.ending.then(over as () => void);
  }

  /** A server that is silent never confirms a goodbye. */
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
    else if (spoilsConnection(error)) this.spoiltBy ??= error;
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

/** What every connection is opened with so that one whose peer is gone is noticed: by this process, and by the server. */
export const KEEPALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;
export const SERVER_KEEPALIVE =
  '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4 -c tcp_user_timeout=30000';

export interface BoundedPoolOptions {
  url: string;
  /** Startup options, `-c name=value`. */
  settings: string;
  max: number;
  min?: number;
  applicationName: string;
  bounds: DatabaseBounds;
  /** Learns that so many idle connections were closed because another one did not answer. */
  onShed?: (count: number) => void;
}

/** A pool whose waits are bounded, and that gives out no connection that timed out, is read-only or was lost. */
export class BoundedPool extends pg.Pool {
  private readonly clients = new Set<BoundedClient>();
  private readonly onShed: BoundedPoolOptions['onShed'];

  constructor({ url, settings, max, min, applicationName, bounds, onShed }: BoundedPoolOptions) {
    const watch: Watch = {
      onSilence: (sinceMs) => this.shed(sinceMs),
      statementMs: bounds.statementMs + GRACE_MS,
    };
    super({
      ...connectionTo(url, `-c statement_timeout=${bounds.statementMs} ${SERVER_KEEPALIVE} ${settings}`),
      ...KEEPALIVE,
      max,
      min: min ?? 0,
      application_name: applicationName,
      connectionTimeoutMillis: bounds.connectMs,
      idleTimeoutMillis: 30_000,
      Client: BoundedClient,
      watch,
    } as unknown as pg.PoolConfig);
    this.onShed = onShed;
    this.on('connect', (client) => this.clients.add(bounded(client)));
    this.on('remove', (client) => this.clients.delete(bounded(client)));
    this.on('acquire', (client) => {
      bounded(client).isIdle = false;
    });
    this.on('release', (_error, client) => {
      // Whoever borrowed it, Prisma too, says only of some errors that a connection is broken. The pool keeps none
      // that is ending.
      if (bounded(client).spoiltBy) void bounded(client).end();
      bounded(client).isIdle = true;
    });
  }

  /** Closes connections that lie idle and were not heard of since `sinceMs`: they may be dead as well. */
  private shed(sinceMs: number): void {
    const silent = [...this.clients].filter(
      (client) => client.isIdle && client.heardAtMs < sinceMs && !client.spoiltBy,
    );
    for (const client of silent) client.discard(new Error('idle while another connection did not answer'));
    if (silent.length > 0) this.onShed?.(silent.length);
  }
}

/** Every client of this pool is one; the types of pg know only their own. */
function bounded(client: pg.PoolClient): BoundedClient {
  return client as unknown as BoundedClient;
}
