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
 */
export class BoundedClient extends pg.Client {
  /** Longest wait for one statement, ms. */
  boundMs: number;
  /** When this connection last proved to be alive, `performance.now()`. */
  heardAtMs = performance.now();
  /** Why it must not be used again. */
  spoiltBy: Error | undefined;
  private readonly watch: Watch;
  private farewell: NodeJS.Timeout | undefined;

  constructor(config: pg.ClientConfig & { watch: Watch }) {
    super(config);
    this.watch = config.watch;
    this.boundMs = config.watch.statementMs;
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
    const over = this.expect(leftMs);
    if (typeof last === 'function') {
      given[given.length - 1] = (error: Error | null, result: unknown): void => {
        over(error);
        (last as Callback)(error, result);
      };
    }
    const answer: unknown = super.query(...(given as [string]));
    if (typeof last !== 'function') {
      if (answer instanceof Promise) void answer.then(() => over(null), over);
      else (answer as pg.Query).once('end', () => over(null)).once('error', over);
    }
    return answer;
  }

  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    // A server that is silent never confirms a goodbye.
    this.farewell ??= setTimeout(() => this.connection.stream.destroy(), ENDS_WITHIN_MS).unref();
    this.once('end', () => clearTimeout(this.farewell));
    return callback ? super.end(callback) : super.end();
  }

  /** @returns what is to be called when the statement is over */
  private expect(limitMs: number): (error: Error | null) => void {
    const sentMs = performance.now();
    const expire = (): void => {
      this.discard(new DatabaseTimeoutError('the database', Math.round(limitMs)));
      this.watch.onSilence(sentMs);
    };
    let timer: NodeJS.Timeout;
    if (limitMs > SUSPECT_AFTER_MS && limitMs <= this.watch.statementMs) {
      timer = setTimeout(() => {
        this.watch.onSilence(sentMs);
        timer = setTimeout(expire, limitMs - SUSPECT_AFTER_MS);
      }, SUSPECT_AFTER_MS);
    } else timer = setTimeout(expire, limitMs);
    return (error) => {
      clearTimeout(timer);
      if (error === null) this.heardAtMs = performance.now();
      else if (spoilsConnection(error)) this.spoiltBy ??= error;
    };
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
  private readonly unused = new Set<BoundedClient>();
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
    this.on('acquire', (client) => this.unused.delete(client as unknown as BoundedClient));
    this.on('remove', (client) => this.unused.delete(client as unknown as BoundedClient));
    this.on('release', (_error, client) => this.unused.add(client as unknown as BoundedClient));
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(
    callback: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (error?: Error | boolean) => void,
    ) => void,
  ): void;
  override connect(
    callback?: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (error?: Error | boolean) => void,
    ) => void,
  ): Promise<pg.PoolClient> | void {
    if (!callback) return super.connect().then(sheddingWhatIsSpoilt);
    super.connect((error, client, done) => {
      if (client) sheddingWhatIsSpoilt(client);
      callback(error, client, client ? (broken) => client.release(broken) : done);
    });
  }

  /** Closes connections that lie idle and were not heard of since `sinceMs`: they may be dead as well. */
  private shed(sinceMs: number): void {
    const silent = [...this.unused].filter((client) => client.heardAtMs < sinceMs && !client.spoiltBy);
    for (const client of silent) client.discard(new Error('idle while another connection did not answer'));
    if (silent.length > 0) this.onShed?.(silent.length);
  }
}

/** Whoever borrows it, Prisma too, says only of some errors that a connection is broken. */
function sheddingWhatIsSpoilt(client: pg.PoolClient): pg.PoolClient {
  const release = client.release.bind(client);
  client.release = (error) => release(error || (client as unknown as BoundedClient).spoiltBy);
  return client;
}
