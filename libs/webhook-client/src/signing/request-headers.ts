import { createSecretKey, type KeyObject } from 'node:crypto';
import { decodeSecret } from '@breakwater/platform';
import type { WebhookRequest } from '../webhook-client.js';
import { headerProblems } from './header-problems.js';
import { decodePrivateKey, isPrivateKey } from './key-pair.js';
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
  const headers = ['content-type', request.contentType, ...baseHeaders(settings), ...custom];
  headers.push('webhook-id', request.webhookId, 'webhook-timestamp', String(timestampS));
  headers.push('webhook-signature', sign(request.webhookId, timestampS, request.body, keys.signing));
  if (request.kind === 'capability') pushCapabilityHeaders(headers, request);
  else headers.push('X-Webhook-Id', request.webhookId, 'X-Webhook-Attempt', String(request.attempt));
  if (settings.legacySignatureHeaders) {
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

interface Keys {
  /** Those inside each secret and private key: what Standard Webhooks signs with. */
  signing: KeyObject[];
  /** The newest secret's text as it was shown: what any plain HMAC receiver verifies with. */
  legacy: KeyObject | null;
}

const decoded = new WeakMap<readonly string[], Keys | null>();

/** The keys of an endpoint's secrets, null when one is damaged; remembered as long as the configuration lives. */
function signingKeys(secrets: readonly string[]): Keys | null {
  const known = decoded.get(secrets);
  if (known !== undefined) return known;
  const keys = keysOf(secrets);
  decoded.set(secrets, keys);
  return keys;
}

function keysOf(secrets: readonly string[]): Keys | null {
  const signing = secrets.map(keyOf);
  if (signing.includes(null)) return null;
  const newest = secrets.find((secret) => !isPrivateKey(secret));
  return {
    signing: signing as KeyObject[],
    legacy: newest === undefined ? null : createSecretKey(newest, 'utf8'),
  };
}

function keyOf(secret: string): KeyObject | null {
  if (isPrivateKey(secret)) return decodePrivateKey(secret);
  const bytes = decodeSecret(secret);
  return bytes && createSecretKey(bytes);
}

const judged = new WeakMap<Readonly<Record<string, string>>, string[] | null>();

/** The custom headers laid flat, null when one is refused; remembered as long as the configuration lives. */
function customHeaders(custom: Readonly<Record<string, string>> | undefined): string[] | null {
  if (custom === undefined) return [];
  const known = judged.get(custom);
  if (known !== undefined) return known;
  const flat = headerProblems(custom).length > 0 ? null : Object.entries(custom).flat();
  judged.set(custom, flat);
  return flat;
}
