import type { OnApplicationShutdown } from '@nestjs/common';
import type { Dispatcher } from 'undici';
import { forwardPath } from './forward/forward-path.js';
import { parseAllowList } from './guard/allow-list.js';
import { refuseAnswers, vetUrl } from './guard/vet-url.js';
import type { OutboundPolicy, Target, Vetted } from './guard/vet-url.js';
import { OutboundSettingsError } from './outbound-settings.error.js';
import type { Outcome, Timed } from './outcome/outcome.js';
import { RESPONSE_KEEP_BYTES } from './outcome/outcome.js';
import { maskedHeaders } from './signing/masked-headers.js';
import { baseHeaders, buildHeaders } from './signing/request-headers.js';
import { Connector } from './transport/connector.service.js';
import { Exchange } from './transport/exchange.service.js';
import { forwardProxy } from './transport/forward-proxy.js';
import { OriginPools } from './transport/origin-pools.service.js';
import { NameResolver } from './transport/resolver.service.js';
import { RunningCalls } from './transport/running-calls.js';
import { WebhookClient } from './webhook-client.js';
import type {
  ClientCertificate,
  ProbeRequest,
  VettedUrl,
  WebhookClientOptions,
  WebhookRequest,
} from './webhook-client.js';

/** Milliseconds that a registration waits for DNS before it continues with a warning. */
const CHECK_DNS_MS = 3000;
/** Part of that time in which the addresses of one family wait for the other's: one bad address refuses the name. */
const CHECK_OTHER_FAMILY_MS = 1000;
/** Judged URLs that are remembered; the rules do not change while a client lives. */
const VETTED_MAX = 5000;
const TIMER_MAX_MS = 2 ** 31 - 1;

interface Call {
  owner?: string | undefined;
  target: Target;
  clientCertificate: ClientCertificate | undefined;
  method: Dispatcher.HttpMethod;
  path: string;
  headers: string[];
  body: Buffer | null;
  timeoutMs: number;
  keepBytes: number;
  expectJson: boolean;
  statusDecides: boolean;
  now: () => Date;
}

/** The client over undici. Works without Nest; within Nest, shutdown closes the pools. */
export class UndiciWebhookClient extends WebhookClient implements OnApplicationShutdown {
  readonly #policy: OutboundPolicy;
  readonly #resolver: NameResolver;
  readonly #pools: OriginPools;
  readonly #vetted = new Map<string, Vetted>();
  readonly #running = new RunningCalls<Exchange>();
  #closed = false;

  /** @throws OutboundSettingsError naming every malformed allow entry or DNS server */
  constructor(
    private readonly options: WebhookClientOptions,
    private readonly now: () => Date = () => new Date(),
  ) {
    super();
    const { allow, problems } = parseAllowList(options.allow);
    if (problems.length > 0) throw new OutboundSettingsError(problems);
    this.#policy = { allow, allowHttp: options.allowHttp };
    this.#resolver = new NameResolver(options.dnsServers);
    const connector = new Connector(
      this.#resolver,
      allow,
      options.extraCertificateAuthorities,
      options.proxy === undefined ? null : forwardProxy(options.proxy),
    );
    this.#pools = new OriginPools(connector, options.maxConnectionsPerOrigin, options.maxOrigins);
  }

  /** Origins with a pool now, for metrics. */
  get originCount(): number {
    return this.#pools.size;
  }

  send(request: WebhookRequest, signal?: AbortSignal): Promise<Outcome & Timed> {
    const vetted = this.#vet(request.url);
    if (!vetted.ok) return unsent({ kind: 'blocked', reason: vetted.rule, message: vetted.message });
    const now = clockFrom(request.sentAt) ?? this.now;
    const prepared = this.#prepare(request, vetted.target.path, now());
    if (!prepared.ok) return unsent(prepared.outcome);
    const { appId: owner, timeoutMs, keepBytes, expectJson } = request;
    const { method, path, headers, body } = prepared;
    return this.#call(
      {
        owner,
        target: vetted.target,
        clientCertificate: request.clientCertificate,
        method,
        path,
        headers,
        // A forwarded request without a body has none here, either.
        body: body.length === 0 && method !== 'POST' ? null : body,
        timeoutMs,
        keepBytes,
        expectJson,
        statusDecides: !expectJson,
        now,
      },
      signal,
    );
  }

  prepare(request: WebhookRequest): ReturnType<WebhookClient['prepare']> {
    const { pathname, search } = new URL(request.url);
    return this.#prepare(request, `${pathname}${search}`, (clockFrom(request.sentAt) ?? this.now)());
  }

  probe(request: ProbeRequest, signal?: AbortSignal): Promise<Outcome & Timed> {
    const { url, timeoutMs, clientCertificate, keepBytes = RESPONSE_KEEP_BYTES } = request;
    const vetted = this.#vet(url);
    if (!vetted.ok) return unsent({ kind: 'blocked', reason: vetted.rule, message: vetted.message });
    const headers = baseHeaders(this.options);
    const { now } = this;
    const body = null;
    return this.#call(
      {
        target: vetted.target,
        clientCertificate,
        method: 'GET',
        path: vetted.target.path,
        headers,
        body,
        timeoutMs,
        keepBytes,
        expectJson: false,
        now,
        statusDecides: false,
      },
      signal,
    );
  }

  async checkUrl(url: string, signal?: AbortSignal): Promise<VettedUrl> {
    const vetted = vetUrl(url, this.#policy);
    if (!vetted.ok || !vetted.target.needsDns) return vetted.ok ? { ok: true } : vetted;
    const { host, port } = vetted.target;
    const addresses = await this.#resolveSoon(host, signal);
    if (addresses === null) return { ok: true, warning: `${host} does not resolve at the moment` };
    const refusal = refuseAnswers(host, port, addresses, this.#policy.allow);
    return refusal ? { ok: false, ...refusal } : { ok: true };
  }

  /** Ends calls in progress as `aborted` and destroys every socket. Later calls are `aborted`, too. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const exchange of this.#running.all()) exchange.stop(CLOSED);
    await this.#pools.close();
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  #prepare(request: WebhookRequest, base: string, at: Date): ReturnType<WebhookClient['prepare']> {
    const built = buildHeaders(request, this.options, at);
    if (!built.ok) return misconfigured(built.code, built.message);
    const { body, forward } = request;
    const joined = forward ? forwardPath(base, forward.path, forward.query) : null;
    if (joined?.ok === false) return misconfigured('PATH_REFUSED', joined.message);
    const path = joined?.path ?? base;
    return { ok: true, method: forward?.method ?? 'POST', path, headers: built.headers, body };
  }

  #call(call: Call, signal: AbortSignal | undefined): Promise<Outcome & Timed> {
    if (this.#closed || signal?.aborted) {
      return unsent(this.#closed ? CLOSED : { kind: 'aborted', message: 'the caller gave up' });
    }
    const startedAt = performance.now();
    const lane = this.#pools.enter(call.target.origin, call.clientCertificate);
    if (lane === null) return unsent(TOO_MANY_ORIGINS);
    const { keepBytes, expectJson, statusDecides, method, path, headers, body, now } = call;
    const timeoutMs = Math.min(call.timeoutMs, TIMER_MAX_MS);
    return new Promise((resolve) => {
      const request = { path, method, headers, body };
      const { owner } = call;
      const answer = { timeoutMs, keepBytes, expectJson, statusDecides, now };
      const settings = { owner, pool: lane.pool, request, ...answer };
      const exchange = new Exchange(settings, signal, (outcome) => {
        this.#running.remove(exchange);
        this.#pools.leave(lane);
        const durationMs = performance.now() - startedAt;
        const { timings } = exchange;
        resolve({ ...outcome, durationMs, timings, requestHeaders: maskedHeaders(headers) });
      });
      this.#running.add(exchange);
      exchange.start();
    });
  }

  #vet(url: string): Vetted {
    let vetted = this.#vetted.get(url);
    if (vetted === undefined) {
      vetted = vetUrl(url, this.#policy);
      if (this.#vetted.size >= VETTED_MAX) this.#vetted.clear();
      this.#vetted.set(url, vetted);
    }
    return vetted;
  }

  /** The addresses found within `CHECK_DNS_MS` and before the signal, of both families if both answer. */
  async #resolveSoon(host: string, signal?: AbortSignal): Promise<string[] | null> {
    const limit = AbortSignal.any([AbortSignal.timeout(CHECK_DNS_MS), ...(signal ? [signal] : [])]);
    const over = new Promise<null>((resolve) => {
      if (limit.aborted) resolve(null);
      else limit.addEventListener('abort', () => resolve(null), { once: true });
    });
    const asking = { signal: limit, otherFamilyMs: CHECK_OTHER_FAMILY_MS };
    const found = this.#resolver.resolve(host, asking).catch(() => null);
    return Promise.race([found, over]);
  }
}

function misconfigured(code: string, message: string): { ok: false; outcome: Outcome } {
  return { ok: false, outcome: { kind: 'misconfigured', code, message } };
}

/** A clock that continues from a given time. */
function clockFrom(start: Date | undefined): (() => Date) | undefined {
  if (start === undefined) return undefined;
  const toldAtMs = performance.now();
  return () => new Date(start.getTime() + performance.now() - toldAtMs);
}

const CLOSED: Outcome = { kind: 'aborted', message: 'the client is closed' };
const TOO_MANY_ORIGINS: Outcome = {
  kind: 'misconfigured',
  code: 'TOO_MANY_ORIGINS',
  message: 'calls to too many hosts are in progress',
};

async function unsent(outcome: Outcome): Promise<Outcome & Timed> {
  return { ...outcome, durationMs: 0 };
}
