import { createHmac, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { UsageError } from '../failures.js';

/** The bytes before the key in PKCS #8 and in SPKI (RFC 8410). */
const PRIVATE_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_BYTES = 32;

/** A key as it was given, and what is done with it. */
export type SigningKey =
  | { kind: 'secret'; text: string; bytes: Buffer }
  | { kind: 'private'; text: string; key: KeyObject }
  | { kind: 'public'; text: string; key: KeyObject };

/** @param text `whsec_…`, `whsk_…` or `whpk_…` @throws UsageError that says what is wrong with it, but not what it is */
export function signingKey(text: string): SigningKey {
  const [, prefix, base64 = ''] = /^(whsec_|whsk_|whpk_)(.*)$/s.exec(text) ?? [];
  if (prefix === undefined)
    throw new UsageError('a secret begins with whsec_, a private key with whsk_, a public key with whpk_');
  const bytes = Buffer.from(base64, 'base64'); // Ignores invalid characters, hence the comparison.
  if (bytes.length === 0 || bytes.toString('base64') !== base64)
    throw new UsageError(
      `what follows ${prefix} is not base64: is it cut, or is there a space or a line break in it?`,
    );
  if (prefix === 'whsec_') return { kind: 'secret', text, bytes };
  if (bytes.length !== KEY_BYTES)
    throw new UsageError(`what follows ${prefix} has ${bytes.length} bytes in place of ${KEY_BYTES}`);
  if (prefix === 'whsk_') {
    const der = Buffer.concat([PRIVATE_HEAD, bytes]);
    return { kind: 'private', text, key: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
  }
  const der = Buffer.concat([PUBLIC_HEAD, bytes]);
  return { kind: 'public', text, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** What is signed: the id, the time and the bytes of the body. */
export interface Signed {
  id: string;
  /** Unix seconds, as the header has them. */
  timestamp: string;
  body: Uint8Array;
}

export function contentOf({ id, timestamp, body }: Signed): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
}

/** One entry of `webhook-signature`. @throws UsageError for a public key */
export function signatureBy(key: SigningKey, signed: Signed): string {
  if (key.kind === 'secret') return `v1,${hmac(key.bytes, contentOf(signed))}`;
  if (key.kind === 'private') return `v1a,${sign(null, contentOf(signed), key.key).toString('base64')}`;
  throw new UsageError(
    'a public key (whpk_) only verifies: sign with a secret (whsec_) or a private key (whsk_)',
  );
}

/** Whether an entry of `webhook-signature` is by this key. */
export function isBy(key: SigningKey, entry: string, signed: Signed): boolean {
  const [version, base64 = ''] = entry.split(',', 2);
  if (key.kind === 'secret') return version === 'v1' && base64 === hmac(key.bytes, contentOf(signed));
  if (version !== 'v1a') return false;
  const publicKey = key.kind === 'private' ? createPublicKey(key.key) : key.key;
  return verify(null, contentOf(signed), publicKey, Buffer.from(base64, 'base64'));
}

function hmac(key: Uint8Array | string, content: Uint8Array): string {
  return createHmac('sha256', key).update(content).digest('base64');
}
