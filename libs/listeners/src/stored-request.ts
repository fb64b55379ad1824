import type { WebhookRequest } from '@breakwater/webhook-client';

/**
 * What is stored of a call: nothing that is secret. The process that holds the socket signs it, with secrets from its
 * own directory. Custom headers are left out, as in a replay to another URL: they may contain credentials for the
 * usual receiver.
 */
export interface StoredRequest {
  endpointId: string;
  capability: string;
  kind: WebhookRequest['kind'];
  contentType: string;
  webhookId: string;
  requestId: string;
  timeoutMs: number;
  attempt: number;
  maxAttempts: number;
  /** The time that is signed, ms. */
  sentAtMs: number;
  traceparent: string | null;
}

/** The request of a call as it is stored, as bytes: jsonb and text cannot hold each character. */
export function packRequest(
  request: WebhookRequest,
  { endpointId, capability, sentAtMs }: { endpointId: string; capability: string; sentAtMs: number },
): Buffer {
  const { kind, contentType, webhookId, requestId, timeoutMs, attempt, maxAttempts, traceparent } = request;
  const stored: StoredRequest = {
    endpointId,
    capability,
    kind,
    contentType,
    webhookId,
    requestId,
    timeoutMs,
    attempt,
    maxAttempts,
    sentAtMs,
    traceparent: traceparent ?? null,
  };
  return Buffer.from(JSON.stringify(stored));
}

export function unpackRequest(stored: Buffer): StoredRequest {
  return JSON.parse(stored.toString()) as StoredRequest;
}

/** The request that is signed again for the listener. */
export function requestFor(
  stored: StoredRequest,
  { url, secrets, body }: { url: string; secrets: readonly string[]; body: Buffer },
): WebhookRequest {
  const { kind, contentType, webhookId, requestId, timeoutMs, attempt, maxAttempts, sentAtMs, traceparent } =
    stored;
  return {
    url,
    secrets,
    body,
    kind,
    contentType,
    webhookId,
    requestId,
    timeoutMs,
    attempt,
    maxAttempts,
    sentAt: new Date(sentAtMs),
    keepBytes: 0,
    expectJson: true,
    ...(traceparent === null ? {} : { traceparent }),
  };
}
