import type { Manifest, Subscription, Webhook } from '../grammar/manifest.js';

/** A capability's endpoint as one record of the upsert; its keys are column names. */
export interface EndpointRow {
  id: string;
  capability: string;
  url: string;
  async: boolean;
  timeout_ms: number | null;
  retry: unknown;
  fallback: unknown;
  breaker: unknown;
  rate_limit_per_second: number | null;
  concurrency: number;
  ordered: boolean;
  headers_sealed: string | null;
  /** Null: those of its app. */
  signatures: string[] | null;
}

export interface EndpointTools {
  /** Id of the existing or removed endpoint of a capability, or of a subscription by name. */
  idOf(capability: string): string | undefined;
  newId(): string;
  /** Calls at once if the manifest sets none. */
  concurrency: number;
  seal(plaintext: string, aad: string): string;
}

/** The name to which an endpoint's sealed headers are bound. */
export function headersAad(endpointId: string): string {
  return `endpoint:${endpointId}:headers`;
}

/** The name to which a signing secret is bound. */
export function signingSecretAad(secretId: string): string {
  return `signing_secret:${secretId}`;
}

/** What the sealed key of an app's client certificate is bound to. */
export function clientCertificateAad(appId: string, fingerprint: string): string {
  return `client_certificate:${appId}:${fingerprint}`;
}

/** What the sealed private key of the platform is bound to. */
export function platformKeyAad(keyId: string): string {
  return `platform_key:${keyId}`;
}

/** What the sealed key in the address of a source is bound to. */
export function sourceKeyAad(hash: string): string {
  return `source_key:${hash}`;
}

/** What a sealed secret of a source is bound to. */
export function sourceSecretAad(secretId: string): string {
  return `source_secret:${secretId}`;
}

/** The name to which a header's value inside a stored manifest is bound. */
export function manifestHeaderAad(
  appId: string,
  version: number,
  capability: string,
  header: string,
): string {
  return `manifest:${appId}:${version}:${capability}:${header}`;
}

/** The endpoints of a manifest; a capability keeps its id over all versions. */
export function endpointRows(manifest: Manifest, tools: EndpointTools): EndpointRow[] {
  return manifest.webhooks.map((webhook) => {
    const id = tools.idOf(webhook.capability) ?? tools.newId();
    return {
      id,
      capability: webhook.capability,
      url: webhook.url,
      async: webhook.async,
      timeout_ms: webhook.timeoutMs,
      retry: webhook.retry,
      fallback: webhook.fallback,
      breaker: webhook.circuitBreaker,
      rate_limit_per_second: webhook.rateLimitPerSecond,
      concurrency: webhook.concurrency ?? tools.concurrency,
      ordered: webhook.ordered,
      headers_sealed: sealedHeaders(webhook, id, tools),
      signatures: null,
    };
  });
}

/** The endpoint of a subscription, with the subscription's other stored values. */
export interface SubscriptionRow extends EndpointRow {
  name: string;
  events: string[];
  filter: unknown;
  description: string | null;
}

/** Used in place of a capability, for breakers, counts and metrics. */
export function capabilityOf(endpointId: string): string {
  return `endpoint:${endpointId}`;
}

/** The endpoints of subscriptions. An endpoint keeps its id until its subscription is deleted. */
export function subscriptionRows(
  subscriptions: readonly Subscription[],
  tools: EndpointTools,
): SubscriptionRow[] {
  return subscriptions.map((subscription) => {
    const { name, url, events, filter, description, timeoutMs, retry, rateLimitPerSecond, ordered } =
      subscription;
    const id = tools.idOf(name) ?? tools.newId();
    return {
      id,
      name,
      events,
      filter,
      description,
      capability: capabilityOf(id),
      url,
      async: true,
      timeout_ms: timeoutMs,
      retry,
      fallback: null,
      breaker: null,
      rate_limit_per_second: rateLimitPerSecond,
      concurrency: subscription.concurrency ?? tools.concurrency,
      ordered,
      headers_sealed: sealedHeaders(subscription, id, tools),
      signatures: subscription.signatures,
    };
  });
}

function sealedHeaders(
  webhook: Pick<Webhook, 'headers'>,
  id: string,
  tools: Pick<EndpointTools, 'seal'>,
): string | null {
  if (Object.keys(webhook.headers).length === 0) return null;
  return tools.seal(JSON.stringify(webhook.headers), headersAad(id));
}
