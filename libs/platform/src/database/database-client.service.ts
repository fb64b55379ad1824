import pg from 'pg';
import type { ConnectionTarget } from './connection.js';
import { databaseTrouble } from './database-trouble.js';
import { addressesOf, type DatabaseHost, type SessionAttrs } from './database-url.js';
import { UnfitHostsError } from './unfit-hosts.error.js';

/** Longest attempt at one of several hosts where nothing else is set, ms. */
const HOST_LIMIT_MS = 5_000;
/** Longest wait until a server that was not taken has closed its connection, ms. */
const ENDS_WITHIN_MS = 1_000;

const LOOK = `
SELECT pg_is_in_recovery() AS "isStandby", current_setting('transaction_read_only')::boolean AS "isReadOnly"`;

interface Look {
  isStandby: boolean;
  isReadOnly: boolean;
}

/** By the addresses of a URL and what is asked of them: the place in its list of the host that was taken last. */
const takenLast = new Map<string, number>();

/** How pg answers when a server asks for the password. */
const ANSWERS = pg.Client.prototype as unknown as Record<
  '_handleAuthSASLContinue' | '_handleAuthMD5Password',
  (question: unknown) => unknown
>;

export type DatabaseClientConfig = pg.ClientConfig & ConnectionTarget;

/**
 * The one kind of connection of the product. A URL with several hosts is tried host by host, beginning with the one
 * that was taken last in this process, until one is what `target_session_attrs` asks for. pg itself knows one host.
 * @see docs/adr/0043-one-client-tries-the-hosts.md
 */
export class DatabaseClient extends pg.Client {
  private readonly target: ConnectionTarget;
  private readonly hostLimitMs: number;
  private isChoosing = false;

  constructor(config: DatabaseClientConfig) {
    super(config);
    this.target = config;
    this.hostLimitMs =
      (config.connectionTimeoutMillis || HOST_LIMIT_MS * config.hosts.length) / config.hosts.length;
  }

  override connect(): Promise<this>;
  override connect(done: (error: Error | null) => void): void;
  override connect(done?: (error: Error | null) => void): Promise<this> | void {
    const { hosts, attrs } = this.target;
    if (hosts.length === 1 && attrs === 'any') {
      return done ? super.connect(done as () => void) : (super.connect() as Promise<this>);
    }
    const chosen = this.chooseHost().then(() => this);
    if (!done) return chosen;
    // Outside the promise: what the callback throws is not a rejection.
    chosen.then(
      () => process.nextTick(done, null),
      (error: Error) => process.nextTick(done, error),
    );
  }

  /** Until a host is taken, the end of an attempt is not the end of this client. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (this.isChoosing && (event === 'error' || event === 'end')) return false;
    return super.emit(event, ...values);
  }

  // pg computes the answer to a password question, and then looks again for its connection and session: by then they may
  // be those of the next host, or nobody's.
  _handleAuthSASLContinue(question: unknown): unknown {
    return ANSWERS._handleAuthSASLContinue.call(this.asItIsNow(), question);
  }

  _handleAuthMD5Password(question: unknown): unknown {
    return ANSWERS._handleAuthMD5Password.call(this.asItIsNow(), question);
  }

  private asItIsNow(): unknown {
    const { connection, saslSession } = this.inner;
    return Object.create(this, { connection: { value: connection }, saslSession: { value: saslSession } });
  }

  /** @throws UnfitHostsError when none fits, or the error of a host that refuses the login or the database */
  private async chooseHost(): Promise<void> {
    const { hosts, attrs } = this.target;
    const name = `${addressesOf(this.target)} ${attrs}`;
    const start = takenLast.get(name) ?? 0;
    const failures: { at: string; error: Error }[] = [];
    this.isChoosing = true;
    try {
      for (let step = 0; step < hosts.length; step++) {
        const place = (start + step) % hosts.length;
        const host = hosts[place]!;
        try {
          await this.attempt(host);
          takenLast.set(name, place);
          return;
        } catch (error) {
          // Also after the last one: a standby would keep the connection, which nobody else knows.
          this.renew();
          // Whoever may not enter here may not enter elsewhere.
          if (databaseTrouble(error) === null || this.inner._ending) throw error;
          failures.push({ at: addressesOf({ hosts: [host] }), error: error as Error });
        }
      }
    } finally {
      this.isChoosing = false;
    }
    throw new UnfitHostsError(failures);
  }

  private async attempt({ host, port }: DatabaseHost): Promise<void> {
    const { connection } = this;
    // With one host, pg's own reading of the URL counts: `host` may be one of its parameters.
    if (this.target.hosts.length > 1) Object.assign(this, { host, port });
    const late = new Error('timeout expired');
    const timer = setTimeout(() => connection.stream.destroy(late), this.hostLimitMs);
    try {
      await super.connect();
      const { rows } = await super.query<Look>(LOOK);
      checkFits(rows[0]!, this.target.attrs);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Leaves the connection that failed, and begins as if this client were new. */
  private renew(): void {
    const { inner } = this;
    const left = inner.connection;
    left.removeAllListeners();
    left.on('error', () => undefined);
    left.end();
    setTimeout(() => left.stream.destroy(), ENDS_WITHIN_MS).unref();
    clearTimeout(inner.connectionTimeoutHandle);
    const { keepAlive, keepAliveInitialDelayMillis } = this.target as DatabaseClientConfig;
    inner.connection = new pg.Connection({
      ssl: inner.connectionParameters.ssl,
      sslNegotiation: inner.connectionParameters.sslnegotiation,
      keepAlive: keepAlive ?? false,
      keepAliveInitialDelayMillis: keepAliveInitialDelayMillis ?? 0,
      encoding: 'utf8',
    } as pg.ConnectionConfig);
    Object.assign(inner, {
      _connecting: false,
      _connected: false,
      _connectionError: false,
      _ended: false,
      _queryable: true,
      _activeQuery: null,
      readyForQuery: false,
      saslSession: null,
    });
  }

  private get inner(): Inner {
    return this as unknown as Inner;
  }
}

/** @throws Error with PostgreSQL's code for a server that takes no writes */
function checkFits({ isStandby, isReadOnly }: Look, attrs: SessionAttrs): void {
  const why =
    attrs === 'any'
      ? null
      : isStandby
        ? 'it is a standby'
        : isReadOnly && attrs === 'read-write'
          ? 'it is set to read only'
          : null;
  if (why !== null) throw Object.assign(new Error(why), { code: '25006' });
}

/** Members of pg.Client that its types leave out. */
interface Inner {
  connection: pg.Connection;
  connectionTimeoutHandle: NodeJS.Timeout | undefined;
  connectionParameters: { ssl: unknown; sslnegotiation: unknown };
  saslSession: unknown;
  _ending: boolean;
}
