import { connect as connectTcp, isIP } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import { connect as connectTls, createSecureContext, getCACertificates } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { GuardRefusalError } from '../guard/guard-refusal.error.js';
import { canonicalAddress } from '../guard/allow-list.js';
import type { AllowList } from '../guard/allow-list.js';
import { refuseAnswers } from '../guard/vet-url.js';
import type { Opening } from '../outcome/timings.js';
import type { ClientCertificate } from '../webhook-client.js';
import type { ForwardProxy } from './forward-proxy.js';
import { Wire } from './wire.service.js';
import type { NameResolver } from './resolver.service.js';
import { NOT_REACHED, openTunnel } from './tunnel.io.js';

/** Milliseconds before the next address of a name is tried in parallel (happy eyeballs). */
const NEXT_ADDRESS_AFTER_MS = 500;
/** Most addresses of a name that are tried, even if it has hundreds. */
const ADDRESSES_DIALLED = 16;

export interface ConnectTo {
  /** Without brackets. */
  hostname: string;
  port: string;
  protocol: string;
  /** What the receiver is shown if it asks. */
  certificate?: ClientCertificate | undefined;
  /** Filled with how long each part took. */
  opening?: Opening;
}

/** The call that needs the connection. */
export interface Opener {
  /** Owner of the call, an app. */
  owner?: string | undefined;
  signal: AbortSignal;
}

export type Connected = (error: Error | null, wire: Wire | null) => void;

/**
 * Opens sockets. Resolves the name, vets every answer, connects only to these addresses, and checks the address of the
 * peer once more. With a proxy, asks it for a tunnel to one of these addresses after the other, so that the proxy resolves no
 * name either. Reads no environment.
 */
export class Connector {
  readonly #authorities: string[] | undefined;
  readonly #secureContext: SecureContext;
  /** One for each certificate, as long as somebody holds it: making one takes a millisecond. */
  readonly #contexts = new WeakMap<ClientCertificate, SecureContext>();

  constructor(
    private readonly resolver: NameResolver,
    private readonly allow: AllowList,
    extraAuthorities: readonly string[] = [],
    private readonly proxy: ForwardProxy | null = null,
  ) {
    this.#authorities =
      extraAuthorities.length === 0 ? undefined : [...getCACertificates(), ...extraAuthorities];
    this.#secureContext = this.#makeContext();
  }

  /** Calls `done` once. When `signal` aborts, resolving and connecting end at once. */
  connect(to: ConnectTo, { owner, signal }: Opener, done: Connected): void {
    const attempt = new ConnectAttempt(signal, done);
    if (attempt.over) return;
    if (isIP(to.hostname) !== 0) return this.#dial(attempt, to, [to.hostname]);
    const askedMs = performance.now();
    this.resolver.resolve(to.hostname, { owner, signal }).then(
      (addresses) => {
        if (to.opening) to.opening.dnsMs = performance.now() - askedMs;
        return this.#dial(attempt, to, addresses);
      },
      (error: Error) => attempt.fail(error),
    );
  }

  #dial(attempt: ConnectAttempt, to: ConnectTo, addresses: readonly string[]): void {
    if (attempt.over) return;
    const secure = to.protocol === 'https:';
    const port = to.port === '' ? (secure ? 443 : 80) : Number(to.port);
    const refusal = refuseAnswers(to.hostname, port, addresses, this.allow);
    if (refusal) return attempt.fail(new GuardRefusalError(refusal));
    if (this.proxy) {
      return this.#dialThrough(this.proxy, attempt, to, {
        addresses: addresses.slice(0, ADDRESSES_DIALLED),
        port,
      });
    }
    const options = {
      host: to.hostname,
      port,
      lookup: pinned(addresses.slice(0, ADDRESSES_DIALLED)),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
      noDelay: true,
      keepAlive: true,
    };
    try {
      const socket = secure ? this.#connectTls(options, to) : connectTcp(options);
      if (to.opening) timeOpening(socket, to.opening);
      attempt.follow(socket, secure, addresses);
    } catch (error) {
      attempt.fail(error as Error); // a client certificate that cannot be used
    }
  }

  #dialThrough(
    proxy: ForwardProxy,
    attempt: ConnectAttempt,
    to: ConnectTo,
    { addresses: [address, ...others], port }: { addresses: readonly string[]; port: number },
    dialledMs = performance.now(),
  ): void {
    const socket = openTunnel(proxy, { address: address!, port }, (error) => {
      if (error && Reflect.get(error, 'code') === NOT_REACHED && others.length > 0) {
        attempt.drop(socket);
        return this.#dialThrough(proxy, attempt, to, { addresses: others, port }, dialledMs);
      }
      if (error) return attempt.fail(error);
      if (to.opening) to.opening.connectMs = performance.now() - dialledMs;
      if (to.protocol !== 'https:') return attempt.through(socket, false);
      try {
        const tunnelledMs = performance.now();
        // The host is who the certificate must be for.
        const secured = this.#connectTls({ socket, host: to.hostname }, to);
        secured.once('secureConnect', () => {
          if (to.opening) to.opening.tlsMs = performance.now() - tunnelledMs;
        });
        attempt.through(secured, true);
      } catch (fault) {
        attempt.fail(fault as Error); // a client certificate that cannot be used
      }
    });
    attempt.hold(socket);
  }

  #connectTls(
    options: { host: string; port: number; lookup: LookupFunction } | { socket: Socket; host: string },
    to: ConnectTo,
  ): Socket {
    return connectTls({
      ...options,
      servername: isIP(to.hostname) === 0 ? to.hostname : '',
      secureContext: to.certificate ? this.#contextOf(to.certificate) : this.#secureContext,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: true, // whatever the environment says
    });
  }

  #contextOf(certificate: ClientCertificate): SecureContext {
    const known = this.#contexts.get(certificate);
    if (known) return known;
    const made = this.#makeContext({ cert: certificate.certificate, key: certificate.key });
    this.#contexts.set(certificate, made);
    return made;
  }

  #makeContext(own: { cert?: string; key?: string } = {}): SecureContext {
    return createSecureContext({ ...own, ca: this.#authorities, minVersion: 'TLSv1.2' });
  }
}

/** One connect: ends exactly once, with a socket, an error or the signal. */
class ConnectAttempt {
  over = false;
  #socket: Socket | null = null;
  #held: Socket | null = null;
  readonly #onAbort = () => this.fail(new Error('the connect was given up'));

  constructor(
    private readonly signal: AbortSignal,
    private readonly done: Connected,
  ) {
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The connection to a proxy: ends with the attempt, and with it what is opened within it. */
  hold(socket: Socket): void {
    // Stays, as below. One that was dropped decides nothing any more.
    socket.on('error', (error) => {
      if (this.#held === socket) this.fail(error);
    });
    this.#held = socket;
    if (this.over) socket.destroy();
  }

  /** Another one follows. */
  drop(socket: Socket): void {
    this.#held = null;
    socket.destroy();
  }

  /** A connection through a proxy, which is open up to the handshake of TLS. */
  through(socket: Socket, secure: boolean): void {
    const ready = this.#ready(socket);
    if (secure) socket.once('secureConnect', ready);
    else ready();
  }

  follow(socket: Socket, secure: boolean, addresses: readonly string[]): void {
    const ready = this.#ready(socket);
    const vetted = new Set(addresses.map(canonicalAddress));
    socket.once('connect', () => {
      const peer = socket.remoteAddress;
      if (peer === undefined) this.fail(Object.assign(new Error('the peer is gone'), { code: 'ECONNRESET' }));
      else if (!vetted.has(canonicalAddress(peer))) this.fail(new GuardRefusalError(OTHER_PEER));
    });
    socket.once(secure ? 'secureConnect' : 'connect', ready);
  }

  #ready(socket: Socket): () => void {
    this.#socket = socket;
    const wire = new Wire(socket);
    // Stays: a socket without a listener would crash the process. Node does not destroy a socket when an alert of TLS
    // arrives, for example that a client certificate is required; the end that follows would hide the reason.
    socket.on('error', (error) => {
      this.fail(error);
      socket.destroy(error);
    });
    return () => {
      if (this.#end()) this.done(null, wire);
    };
  }

  fail(error: Error): void {
    if (!this.#end()) return;
    this.#socket?.destroy();
    this.#held?.destroy();
    this.done(error, null);
  }

  #end(): boolean {
    if (this.over) return false;
    this.over = true;
    this.signal.removeEventListener('abort', this.#onAbort);
    return true;
  }
}

/** Fills in how long it takes to connect, and then to agree on TLS. */
function timeOpening(socket: Socket, opening: Opening): void {
  const dialledMs = performance.now();
  let connectedMs = dialledMs;
  socket.once('connect', () => {
    connectedMs = performance.now();
    opening.connectMs = connectedMs - dialledMs;
  });
  socket.once('secureConnect', () => (opening.tlsMs = performance.now() - connectedMs));
}

const OTHER_PEER = { rule: 'address', message: 'another address answered' } as const;

/** A lookup with the vetted answers only: no second query, so no rebinding. */
function pinned(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, _options, callback) => callback(null, answers); // autoSelectFamily asks for all addresses.
}
