import { forwardedHeaders } from '../forward/forwarded-headers.js';
import type { ForwardedRequest } from '../forward/forwarded-request.js';
import type { ReceiverTest, WebhookRequest } from '../webhook-client.js';
import { customHeaders, signingKeys, type Keys } from './endpoint-keys.js';
import { sign, signBody } from './sign.js';

export interface HeaderSettings {
  userAgent: string;
  legacySignatureHeaders: boolean;
}

export type BuiltHeaders =
  /** Name and value by turns, the form undici reads fastest. */
  { ok: true; headers: string[] } | { ok: false; code: string; message: string };

/**
 * Every header of a call, signed for this moment. A header that must not be sent, or a secret that
 * cannot be read, fails the whole call: nothing leaves unsigned or half signed.
 */
export function buildHeaders(request: WebhookRequest, settings: HeaderSettings, now: Date): BuiltHeaders {
  if (request.unsigned) {
    const headers = ['content-type', request.contentType, ...baseHeaders(settings)];
    return { ok: true, headers: [...headers, 'webhook-id', request.webhookId] };
  }
  const keys = signingKeys(request.secrets);
  if (keys === null) return { ok: false, code: 'SECRET_DAMAGED', message: 'a signing secret is damaged' };
  if (keys.legacy === null)
    return { ok: false, code: 'SECRET_MISSING', message: 'there is no signing secret' };
  const custom = customHeaders(request.customHeaders);
  if (custom === null) {
    return { ok: false, code: 'HEADER_REFUSED', message: 'a custom header may not be sent' };
  }
  const timestampS = Math.floor(now.getTime() / 1000);
  if (request.forward) {
    return { ok: true, headers: headersOfForward(request, request.forward, { keys, custom, timestampS }) };
  }
  const headers = ['content-type', request.contentType, ...baseHeaders(settings), ...custom];
  headers.push('webhook-id', request.webhookId);
  if (request.test?.signature !== 'none') {
    const signature = sign(request.webhookId, timestampS, request.body, keys.signing);
    headers.push('webhook-timestamp', String(timestampS));
    headers.push('webhook-signature', request.test ? testedSignature(signature, request.test) : signature);
  }
  if (request.test) headers.push('breakwater-test', request.test.name);
  if (request.kind === 'capability') pushCapabilityHeaders(headers, request);
  else headers.push('X-Webhook-Id', request.webhookId, 'X-Webhook-Attempt', String(request.attempt));
  // A signature that is left out or cut must be the only one of the call.
  if (settings.legacySignatureHeaders && request.test?.signature === undefined) {
    const name = request.kind === 'capability' ? 'X-Platform-Signature' : 'X-Webhook-Signature';
    headers.push(name, signBody(request.body, keys.legacy));
  }
  if (request.traceparent !== undefined) headers.push('traceparent', request.traceparent);
  return { ok: true, headers };
}

/** What every outbound request says of itself, health checks included. */
export function baseHeaders(settings: HeaderSettings): string[] {
  return ['user-agent', settings.userAgent, 'accept-encoding', 'identity'];
}

function pushCapabilityHeaders(headers: string[], request: WebhookRequest): void {
  headers.push('X-Timeout-Ms', String(request.timeoutMs), 'X-Request-ID', request.requestId);
  headers.push('X-Retry-Attempt', String(request.attempt), 'X-Max-Attempts', String(request.maxAttempts));
}

/** The original headers, with our signature beside the sender's own: under other names. */
function headersOfForward(
  { webhookId, attempt, body, traceparent }: WebhookRequest,
  { headers: original, source }: ForwardedRequest,
  { keys, custom, timestampS }: { keys: Keys; custom: readonly string[]; timestampS: number },
): string[] {
  const set = new Set(custom.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  const headers = forwardedHeaders(original, set);
  const isTraced = original.some(([name]) => name.toLowerCase() === 'traceparent');
  headers.push(...custom);
  headers.push('breakwater-id', webhookId, 'breakwater-timestamp', String(timestampS));
  headers.push('breakwater-signature', sign(webhookId, timestampS, body, keys.signing));
  headers.push('breakwater-attempt', String(attempt), 'breakwater-source', source);
  if (traceparent !== undefined && !isTraced) headers.push('traceparent', traceparent);
  return headers;
}

/** The signature as a test wants it: each cut to its first half, or behind others. */
function testedSignature(signature: string, { signature: change, otherSignatures }: ReceiverTest): string {
  const entries = signature.split(' ').map((entry) => {
    if (change !== 'cut') return entry;
    const at = entry.indexOf(',') + 1;
    return entry.slice(0, at + Math.floor((entry.length - at) / 2));
  });
  return [...(otherSignatures === undefined ? [] : [otherSignatures]), ...entries].join(' ');
}
