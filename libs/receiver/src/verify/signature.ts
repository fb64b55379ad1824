import { fromBase64, type VerifyKey } from './keys.js';

export type HeaderOf = (name: string) => string | null | undefined;

/** What the headers of a call claim. */
export interface Claimed {
  id: string;
  /** Unix seconds, as written. */
  timestamp: string;
  /** Scheme and base64. */
  signatures: [scheme: string, base64: string][];
}

export type RefusalCode = 'SIGNATURE_MISSING' | 'TIMESTAMP_TOO_OLD' | 'TIMESTAMP_TOO_NEW' | 'SIGNATURE_WRONG';

export type Read = { ok: true; claimed: Claimed } | { ok: false; code: RefusalCode; message: string };

/** A forwarded request has Breakwater's own headers under another name, beside those of its sender. */
const PREFIXES = ['breakwater', 'webhook'];
const ID = /^[\x21-\x7e]{1,255}$/;
const TIMESTAMP = /^\d{1,12}$/;
/** More than a rotation of secrets and keys at once needs. */
const SIGNATURES_MAX = 20;

/**
 * Reads the three headers, and whether their time is within the window.
 * @param nowMs Unix milliseconds
 * @param toleranceS in both directions
 */
export function readHeaders(header: HeaderOf, nowMs: number, toleranceS: number): Read {
  const prefix = PREFIXES.find((one) => header(`${one}-signature`)) ?? 'webhook';
  const [id, timestamp, list] = ['id', 'timestamp', 'signature'].map(
    (part) => header(`${prefix}-${part}`) ?? '',
  ) as [string, string, string];
  if (!ID.test(id) || !TIMESTAMP.test(timestamp) || list === '') {
    return refuse(
      'SIGNATURE_MISSING',
      `The headers ${prefix}-id, ${prefix}-timestamp and ${prefix}-signature are missing or malformed.`,
    );
  }
  const ageS = Math.floor(nowMs / 1000) - Number(timestamp);
  if (ageS > toleranceS) return refuse('TIMESTAMP_TOO_OLD', windowed(ageS, 'ago', toleranceS));
  if (-ageS > toleranceS) return refuse('TIMESTAMP_TOO_NEW', windowed(-ageS, 'ahead', toleranceS));
  const signatures = list
    .split(' ')
    .slice(0, SIGNATURES_MAX)
    .map((entry) => entry.split(',', 2) as [string, string]);
  return { ok: true, claimed: { id, timestamp, signatures } };
}

/** Whether one of the signatures is by one of the keys. Web Crypto compares in constant time. */
export async function isSigned(
  { id, timestamp, signatures }: Claimed,
  body: Uint8Array,
  keys: readonly VerifyKey[],
): Promise<boolean> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const content = new Uint8Array(head.length + body.length);
  content.set(head);
  content.set(body, head.length);
  for (const [scheme, base64] of signatures) {
    const signature = fromBase64(base64 ?? '');
    if (!signature) continue;
    for (const { key } of keys.filter((one) => one.scheme === scheme)) {
      const algorithm = scheme === 'v1' ? 'HMAC' : 'Ed25519';
      if (await crypto.subtle.verify(algorithm, await key, signature, content)) return true;
    }
  }
  return false;
}

function refuse(code: RefusalCode, message: string): Read {
  return { ok: false, code, message };
}

function windowed(seconds: number, direction: string, toleranceS: number): string {
  return `The call was signed ${seconds} s ${direction}, more than ${toleranceS} s: compare the clocks of both sides.`;
}
