import { createPublicKey, X509Certificate, type JsonWebKey, type KeyObject } from 'node:crypto';
import { decode } from './encoding.js';
import type { PublicKeyForm, SecretForm } from './scheme.js';

/** DER before the 32 bytes of an ed25519 key. */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** The bytes of a secret for HMAC, or null when the text has not this form. Never empty. */
export function secretBytes(
  text: string,
  { encoding, prefix }: SecretForm = { encoding: 'utf8' },
): Buffer | null {
  const rest = prefix !== undefined && text.startsWith(prefix) ? text.slice(prefix.length) : text;
  if (encoding !== 'utf8') return decode(rest, encoding);
  return rest === '' ? null : Buffer.from(rest);
}

/** Parsing a key takes longer than most verifications; the key of a text never changes. */
const parsed = new Map<string, KeyObject | null>();
const PARSED_MAX = 500;

/** The key in a pasted text, or null when it has not this form. */
export function publicKey(text: string, { form, prefix }: PublicKeyForm): KeyObject | null {
  const rest = prefix !== undefined && text.startsWith(prefix) ? text.slice(prefix.length) : text;
  return remembered(`${form} ${rest}`, () => {
    switch (form) {
      case 'raw-hex':
        return rawKey(decode(rest.trim(), 'hex'));
      case 'raw-base64':
        return rawKey(decode(rest.trim(), 'base64'));
      case 'spki-base64':
        return createPublicKey({ key: Buffer.from(rest, 'base64'), format: 'der', type: 'spki' });
      case 'pem':
        return createPublicKey(rest);
    }
  });
}

/** The key of a PEM or of one JWK; null for anything else. */
export function tokenKey(text: string): KeyObject | null {
  return remembered(`token ${text}`, () =>
    text.trimStart().startsWith('{')
      ? createPublicKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' })
      : createPublicKey(text),
  );
}

/** A certificate in PEM, or null. */
export function certificate(text: string): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch {
    return null;
  }
}

function rawKey(bytes: Buffer | null): KeyObject | null {
  if (bytes?.length !== 32) return null;
  return createPublicKey({ key: Buffer.concat([ED25519_SPKI, bytes]), format: 'der', type: 'spki' });
}

function remembered(name: string, make: () => KeyObject | null): KeyObject | null {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  let key: KeyObject | null = null;
  try {
    key = make();
  } catch {
    // Not a key: the caller says so.
  }
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(name, key);
  return key;
}
