import type { Manifest, Webhook } from '../grammar/manifest.js';

/** A capability's endpoint as one record of the upsert, columns by name. */
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
}

export interface EndpointTools {
  /** The id of a capability that has or had an endpoint. */
  idOf(capability: string): string | undefined;
  newId(): string;
  /** Calls at once where the manifest does not say. */
  concurrency: number;
  seal(plaintext: string, aad: string): string;
}

/** What an endpoint's sealed headers are bound to. */
export function headersAad(endpointId: string): string {
  return `endpoint:${endpointId}:headers`;
}

/** What a signing secret is bound to. */
export function signingSecretAad(secretId: string): string {
  return `signing_secret:${secretId}`;
}

/** What a header's value inside a stored manifest is bound to. */
export function manifestHeaderAad(
  appId: string,
  version: number,
  capability: string,
  header: string,
): string {
  return `manifest:${appId}:${version}:${capability}:${header}`;
}

/** The endpoints a manifest asks for; a capability keeps its id over versions. */
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
    };
  });
}

function sealedHeaders(webhook: Webhook, id: string, tools: EndpointTools): string | null {
  if (Object.keys(webhook.headers).length === 0) return null;
  return tools.seal(JSON.stringify(webhook.headers), headersAad(id));
}
