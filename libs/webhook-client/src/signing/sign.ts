import { createHmac, KeyObject, sign as signWith } from 'node:crypto';

/** A decoded secret, or a private key. A KeyObject saves Node preparing the key for every call. */
export type SigningKey = KeyObject | Uint8Array;

/**
 * The value of `webhook-signature` (Standard Webhooks 1.0): one `v1,<base64>` for each secret and one `v1a,<base64>`
 * for each private key, separated by a space.
 * The raw bytes are signed. The `standardwebhooks` package decodes a body as UTF-8 before it signs, so its
 * signature of any other body fits no receiver that reads bytes; it judges ours in the tests instead.
 * @param timestampS whole Unix seconds, the value of `webhook-timestamp`
 * @param keys newest first, at least one
 * @throws RangeError without a key: nothing is ever sent unsigned
 */
export function sign(
  webhookId: string,
  timestampS: number,
  body: Uint8Array,
  keys: readonly SigningKey[],
): string {
  if (keys.length === 0) throw new RangeError('a signature needs at least one key');
  const prefix = `${webhookId}.${timestampS}.`;
  return keys.map((key) => signature(key, prefix, body)).join(' ');
}

function signature(key: SigningKey, prefix: string, body: Uint8Array): string {
  if (key instanceof KeyObject && key.type === 'private') {
    const signed = signWith(null, Buffer.concat([Buffer.from(prefix), body]), key);
    return `v1a,${signed.toString('base64')}`;
  }
  return `v1,${createHmac('sha256', key).update(prefix).update(body).digest('base64')}`;
}

/**
 * The value of X-Platform-Signature and X-Webhook-Signature: hex HMAC-SHA256 of the raw body.
 * @param key the secret's text as it was shown, `whsec_` included
 */
export function signBody(body: Uint8Array, key: SigningKey): string {
  return createHmac('sha256', key).update(body).digest('hex');
}
