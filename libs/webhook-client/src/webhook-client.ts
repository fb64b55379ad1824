import type { ForwardedRequest } from './forward/forwarded-request.js';
import type { Outcome, Timed } from './outcome/outcome.js';
import type { UrlRule } from './guard/refusal.js';

/** What a receiver that demands a client certificate is shown. */
export interface ClientCertificate {
  /** PEM, its own certificate first, then those between it and an authority. */
  certificate: string;
  /** PEM. */
  key: string;
  /** Of the certificate, sha256 in hex: calls with the same one share connections, others do not. */
  fingerprint: string;
}

/** How a test of a receiver differs from a delivery. */
export interface ReceiverTest {
  /** Sent as `breakwater-test`, so that a receiver may leave out what lasts. Letters, digits and hyphens. */
  name: string;
  /** `none` leaves out the signature and its timestamp; `cut` sends only the first half of each signature. */
  signature?: 'none' | 'cut';
  /** Entries of `webhook-signature` before those of the secrets, for example of a version to come. */
  otherSignatures?: string;
}

/** One attempt to call a webhook. */
export interface WebhookRequest {
  url: string;
  /** The app that the call belongs to: if very many of its names do not answer, they wait for each other. */
  appId?: string;
  /** Sent unchanged, byte for byte. */
  body: Buffer;
  contentType: string;
  /** Total deadline in ms: DNS, connect, TLS, write, headers and body. */
  timeoutMs: number;
  /** The same in all attempts and redeliveries. */
  webhookId: string;
  /**
   * `whsec_…`, newest first, at least one; several while rotating. Behind them `whsk_…` for receivers that verify with
   * a public key. Each gives a signature.
   */
  secrets: readonly string[];
  /** Checked by `headerProblems` at registration; a header that is refused now fails the call. Do not change it. */
  customHeaders?: Readonly<Record<string, string>>;
  kind: 'capability' | 'event';
  /** The caller's or a new UUID, the same in all attempts. */
  requestId: string;
  /** 1 or more. */
  attempt: number;
  maxAttempts: number;
  /** The time to sign, if the caller has a better clock than this process: the database's. */
  sentAt?: Date;
  /** Response bytes kept: 10 KiB for deliveries, 1 MiB for sync calls, which need the whole answer. */
  keepBytes: number;
  /**
   * Whether a 2xx must contain JSON, which is then in the outcome. If not, the status line decides: an answer whose
   * body ends too soon has the outcome of its status, and is `truncated`.
   */
  expectJson: boolean;
  /**
   * For a receiver that cannot check signatures, such as a chat. Otherwise a call that cannot be signed is not made.
   */
  unsigned?: true;
  clientCertificate?: ClientCertificate | undefined;
  /** A test of the receiver, not a delivery. */
  test?: ReceiverTest;
  /** W3C trace context to pass on. */
  traceparent?: string;
  /**
   * A captured request: its method, its headers, and the rest of its path below the URL's. `body` is its body;
   * `contentType` is not used.
   */
  forward?: ForwardedRequest;
}

/** A request as it would be sent, signed for this moment. */
export interface PreparedRequest {
  method: string;
  /** Path and query. */
  path: string;
  /** Name and value by turns. */
  headers: string[];
  body: Buffer;
}

export interface ProbeRequest {
  url: string;
  /** Total deadline in ms. */
  timeoutMs: number;
  clientCertificate?: ClientCertificate | undefined;
  /** Response bytes kept; by default 10 KiB. */
  keepBytes?: number;
}

/** The result of checking a URL at registration. Every rule except `length` and `malformed` is about safety. */
export type VettedUrl =
  { ok: true; warning?: string } | { ok: false; rule: UrlRule; message: string; bounds?: unknown };

/** The one way to call others. Nothing here throws because of a receiver or the network. */
export abstract class WebhookClient {
  /** Makes one attempt. `signal` is the caller's own (disconnect, shutdown) and leads to the outcome `aborted`. */
  abstract send(request: WebhookRequest, signal?: AbortSignal): Promise<Outcome & Timed>;

  /**
   * The request that `send` would make, for somebody who fetches it: nothing is sent, so its URL is not judged. Not ok:
   * it cannot be signed, or not be forwarded.
   */
  abstract prepare(
    request: WebhookRequest,
  ): ({ ok: true } & PreparedRequest) | { ok: false; outcome: Outcome };

  /** A plain GET, unsigned, for health checks and keys of others. The same guard and deadline apply. */
  abstract probe(request: ProbeRequest, signal?: AbortSignal): Promise<Outcome & Timed>;

  /**
   * Judges a URL at registration, DNS included. A name that does not resolve now, or not before `signal` aborts, is
   * only a warning.
   */
  abstract checkUrl(url: string, signal?: AbortSignal): Promise<VettedUrl>;
}

export interface WebhookClientOptions {
  /** OUTBOUND_ALLOW entries, see `parseAllowList`. */
  allow: string[];
  allowHttp: boolean;
  /** `1.1.1.1`, `127.0.0.1:5353`, `[::1]:53`; empty means the system's resolver. */
  dnsServers: string[];
  /** URL of the forward proxy that all connections go through, `http://[user:password@]host[:port]`. */
  proxy?: string;
  /** Adds X-Platform-Signature and X-Webhook-Signature. */
  legacySignatureHeaders: boolean;
  userAgent: string;
  maxConnectionsPerOrigin: number;
  /** Most origins with an open pool; idle ones are dropped first. */
  maxOrigins: number;
  /** PEM certificates trusted in addition to the built-in ones. */
  extraCertificateAuthorities?: string[];
}
