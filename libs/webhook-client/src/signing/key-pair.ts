import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** Prefixes of keys for asymmetric signatures in Standard Webhooks. */
const PRIVATE_PREFIX = 'whsk_';
const PUBLIC_PREFIX = 'whpk_';
const SEED_BYTES = 32;

/** The bytes before the seed in PKCS #8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An ed25519 key pair in text form. */
export interface KeyPair {
  /** `whsk_` and the seed of 32 bytes in base64. */
  privateKey: string;
  /** `whpk_` and the public key of 32 bytes in base64. */
  publicKey: string;
}

/** @param random returns n cryptographically random bytes */
export function generateKeyPair(random: (n: number) => Buffer): KeyPair {
  const seed = random(SEED_BYTES);
  const { x } = createPublicKey(privateKeyOf(seed)).export({ format: 'jwk' });
  return {
    privateKey: PRIVATE_PREFIX + seed.toString('base64'),
    publicKey: PUBLIC_PREFIX + Buffer.from(x!, 'base64url').toString('base64'),
  };
}

export function isPrivateKey(text: string): boolean {
  return text.startsWith(PRIVATE_PREFIX);
}

/** The key in a `whsk_…`; null if it is damaged. */
export function decodePrivateKey(text: string): KeyObject | null {
  const base64 = text.slice(PRIVATE_PREFIX.length);
  const seed = Buffer.from(base64, 'base64'); // Ignores invalid characters, hence the comparison.
  const fits = isPrivateKey(text) && seed.length === SEED_BYTES && seed.toString('base64') === base64;
  return fits ? privateKeyOf(seed) : null;
}

/** A public key for programs that read JSON Web Keys (RFC 8037). */
export interface JsonWebKey {
  kty: 'OKP';
  crv: 'Ed25519';
  alg: 'EdDSA';
  use: 'sig';
  kid: string;
  /** The key in base64url. */
  x: string;
}

/** @param publicKey `whpk_…` */
export function jsonWebKey(kid: string, publicKey: string): JsonWebKey {
  const x = Buffer.from(publicKey.slice(PUBLIC_PREFIX.length), 'base64').toString('base64url');
  return { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x };
}

function privateKeyOf(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}
