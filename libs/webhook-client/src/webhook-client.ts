import type { Outcome, Timed } from './outcome/outcome.js';
import type { UrlRule } from './guard/refusal.js';

/** One attempt to call a webhook. */
export interface WebhookRequest {
  url: string;
  /** The app whose call it is: its names wait for one another when very many do not answer. */
  appId?: string;
  /** Sent as it is, byte for byte. */
  body: Buffer;
  contentType: string;
  /** Total deadline in ms: DNS, connect, TLS, write, headers and body. */
  timeoutMs: number;
  /** The same over all attempts and redeliveries. */
  webhookId: string;
  /** `whsec_…`, newest first; several while rotating. Each gives a signature. */
  secrets: readonly string[];
  /** Checked by `headerProblems` at registration; one that is refused now fails the call. Not to be mutated. */
  customHeaders?: Readonly<Record<string, string>>;
  kind: 'capability' | 'event';
  /** The caller's or a new UUID, the same over all attempts. */
  requestId: string;
  /** 1 or more. */
  attempt: number;
  maxAttempts: number;
  /** The time to sign, where the caller has a better clock than this process, the database's. */
  sentAt?: Date;
  /** Response bytes kept: 10 KiB for deliveries, 1 MiB for sync calls, which need the whole answer. */
  keepBytes: number;
  /**
   * Whether a 2xx must carry JSON, which then comes with the outcome. Where it need not, the status line decides: an
   * answer whose body breaks off is what its status says, and `truncated`.
   */
  expectJson: boolean;
  /** For a receiver that can check no signature, such as a chat. Without it a call that cannot be signed is not made. */
  unsigned?: true;
  /** W3C trace context to send on. */
  traceparent?: string;
}

/** What registration learns about a URL. Every rule but `length` and `malformed` is a matter of safety. */
export type VettedUrl =
  { ok: true; warning?: string } | { ok: false; rule: UrlRule; message: string; bounds?: unknown };

/** The one door outwards. Nothing here throws for what a receiver or the network does. */
export abstract class WebhookClient {
  /** Makes one attempt. `signal` is the caller's own (hang-up, shutdown) and gives outcome `aborted`. */
  abstract send(request: WebhookRequest, signal?: AbortSignal): Promise<Outcome & Timed>;

  /** A plain GET, unsigned, for health checks; keeps 10 KiB. Same guard, same deadline rules. */
  abstract probe(url: string, timeoutMs: number, signal?: AbortSignal): Promise<Outcome & Timed>;

  /**
   * Judges a URL at registration, DNS included; a name that does not resolve now is only a warning. So is one that has
   * not resolved when `signal` aborts.
   */
  abstract checkUrl(url: string, signal?: AbortSignal): Promise<VettedUrl>;
}

export interface WebhookClientOptions {
  /** OUTBOUND_ALLOW entries, see `parseAllowList`. */
  allow: string[];
  allowHttp: boolean;
  /** `1.1.1.1`, `127.0.0.1:5353`, `[::1]:53`; empty means the system's resolver. */
  dnsServers: string[];
  /** Adds X-Platform-Signature and X-Webhook-Signature. */
  legacySignatureHeaders: boolean;
  userAgent: string;
  maxConnectionsPerOrigin: number;
  /** Origins with an open pool at once; idle ones make room first. */
  maxOrigins: number;
  /** PEM certificates trusted beside the built-in ones. */
  extraCertificateAuthorities?: string[];
}
