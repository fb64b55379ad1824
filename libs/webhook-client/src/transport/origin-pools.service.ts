import { Client, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { HEAD_MAX_BYTES } from './answer-scanner.js';
import type { ClientCertificate } from '../webhook-client.js';
import type { Connector } from './connector.service.js';
import { Exchange } from './exchange.service.js';
import type { Connection } from './exchange.service.js';

/** Milliseconds that an idle socket is kept; a receiver's longer keep-alive hint is ignored. */
const SOCKET_IDLE_MS = 3000;
/** Milliseconds between two sweeps for pools of idle origins. */
const SWEEP_EVERY_MS = 1000;
/** Never reached: the scanner before the parser counts more and stops at once. */
const MAX_HEADER_BYTES = 2 * HEAD_MAX_BYTES;

export interface Lane {
  readonly pool: Dispatcher;
  /** Calls in progress. */
  busy: number;
  idleSince: number;
}

/**
 * One limited undici pool per origin, dropped when the origin has been idle for {@link SOCKET_IDLE_MS}. undici's Agent
 * forgets an origin only when one of its sockets closes or fails to open, and at its limit it refuses new origins
 * instead of dropping an idle one. Counting calls here avoids both.
 * @see docs/adr/0004-own-signing-and-pools.md
 */
export class OriginPools {
  readonly #lanes = new Map<string, Lane>();
  #sweeper: NodeJS.Timeout | null = null;

  constructor(
    private readonly connector: Connector,
    private readonly maxConnectionsPerOrigin: number,
    private readonly maxOrigins: number,
  ) {}

  get size(): number {
    return this.#lanes.size;
  }

  /**
   * The origin's lane with one more call on it; null when every one of `maxOrigins` is busy. Calls with a client
   * certificate have a lane of their own, so that no other call goes over their connections.
   */
  enter(origin: string, certificate?: ClientCertificate): Lane | null {
    const name = certificate ? `${origin} ${certificate.fingerprint}` : origin;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      if (this.#lanes.size >= this.maxOrigins && !this.#dropLongestIdle()) return null;
      lane = { pool: this.#open(origin, certificate), busy: 0, idleSince: 0 };
      this.#lanes.set(name, lane);
      this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
    }
    lane.busy += 1;
    return lane;
  }

  leave(lane: Lane): void {
    lane.busy -= 1;
    if (lane.busy === 0) lane.idleSince = performance.now();
  }

  /** Destroys every pool with its sockets. */
  async close(): Promise<void> {
    this.#stopSweeper();
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    await Promise.all(lanes.map((lane) => lane.pool.destroy()));
  }

  #open(origin: string, certificate: ClientCertificate | undefined): Pool {
    return new Pool(origin, {
      connections: this.maxConnectionsPerOrigin,
      factory: (url, options) => new LaneClient(url, options, { connector: this.connector, certificate }),
      pipelining: 1,
      allowH2: false,
      headersTimeout: 0, // only the deadline of the call counts
      bodyTimeout: 0,
      keepAliveTimeout: SOCKET_IDLE_MS,
      keepAliveMaxTimeout: SOCKET_IDLE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
  }

  #sweep(): void {
    const oldest = performance.now() - SOCKET_IDLE_MS;
    for (const [origin, lane] of this.#lanes) {
      if (lane.busy === 0 && lane.idleSince <= oldest) this.#drop(origin, lane);
    }
    if (this.#lanes.size === 0) this.#stopSweeper();
  }

  #dropLongestIdle(): boolean {
    let found: [string, Lane] | null = null;
    for (const entry of this.#lanes) {
      if (entry[1].busy === 0 && (found === null || entry[1].idleSince < found[1].idleSince)) found = entry;
    }
    if (found) this.#drop(...found);
    return found !== null;
  }

  #drop(origin: string, lane: Lane): void {
    this.#lanes.delete(origin);
    void lane.pool.destroy();
  }

  #stopSweeper(): void {
    if (this.#sweeper) clearInterval(this.#sweeper);
    this.#sweeper = null;
  }
}

/**
 * One connection of a pool. It knows the call for which it opens a socket, so that the end of the call ends the
 * connect.
 */
class LaneClient extends Client {
  readonly #connection: Connection;

  constructor(
    url: URL,
    options: object,
    by: { connector: Connector; certificate: ClientCertificate | undefined },
  ) {
    const connection: Connection = { opener: null, wire: null, opening: null };
    super(url, {
      ...options,
      connect: (to, callback) => {
        connection.wire = null;
        const opener = connection.opener ?? { signal: AbortSignal.abort() };
        const opening = { dnsMs: null, connectMs: null, tlsMs: null };
        connection.opening = connection.opener && Object.assign(opening, { opener: connection.opener });
        by.connector.connect({ ...to, certificate: by.certificate, opening }, opener, (error, wire) => {
          connection.wire = wire;
          if (wire) callback(null, wire.socket);
          else callback(error ?? new Error('no socket'), null);
        });
      },
    });
    this.#connection = connection;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!(handler instanceof Exchange)) return super.dispatch(options, handler);
    if (handler.settled) return true; // It timed out in the pool's queue: the place is free for the next one.
    this.#connection.opener = handler;
    if (handler.wantsFreshConnection) this.#connection.wire?.socket.destroy(); // Idle: undici opens another.
    handler.goesOver(this.#connection);
    return super.dispatch(options, handler);
  }
}
