import { ConfigurationError } from '../configuration-error.js';

type Bytes = Uint8Array<ArrayBuffer>;
type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

export interface VerifyKey {
  scheme: 'v1' | 'v1a';
  key: Promise<Key>;
}

/** A public key as `/.well-known/webhook-keys` lists it (RFC 8037). */
export interface PublicJwk {
  kty: string;
  crv?: string;
  x?: string;
}

const SECRET_BYTES = { min: 24, max: 64 };
const PUBLIC_KEY_BYTES = 32;

/**
 * @param secret `whsec_…`
 * @throws ConfigurationError if it is damaged
 */
export function secretKey(secret: unknown): VerifyKey {
  const bytes = typeof secret === 'string' ? fromBase64(secret.replace(/^whsec_/, '')) : null;
  if (!bytes || bytes.length < SECRET_BYTES.min || bytes.length > SECRET_BYTES.max) {
    throw new ConfigurationError(
      `\`secrets\` must hold signing secrets: whsec_ and 24 to 64 bytes in base64. It holds ${shapeOf(secret)}. Use the secret that Breakwater showed when the app or the subscription was registered.`,
    );
  }
  return { scheme: 'v1', key: imported(bytes, { name: 'HMAC', hash: 'SHA-256' }) };
}

/**
 * @param given `whpk_…`, or a JSON Web Key
 * @throws ConfigurationError if it is damaged
 */
export function publicKey(given: string | PublicJwk): VerifyKey {
  const bytes = publicKeyBytes(given);
  if (bytes?.length !== PUBLIC_KEY_BYTES) {
    throw new ConfigurationError(
      '`publicKeys` must hold ed25519 keys: whpk_ and 32 bytes in base64, or JSON Web Keys as /.well-known/webhook-keys lists them.',
    );
  }
  return { scheme: 'v1a', key: imported(bytes, { name: 'Ed25519' }) };
}

/** The keys of a JSON Web Key Set that can verify; keys of other kinds are left out. */
export function keysOfSet(set: unknown): VerifyKey[] {
  const listed = (set as { keys?: unknown } | null)?.keys;
  const keys = Array.isArray(listed) ? (listed as PublicJwk[]) : [];
  return keys.filter((key) => publicKeyBytes(key)?.length === PUBLIC_KEY_BYTES).map((key) => publicKey(key));
}

/** Null if the text is no base64. */
export function fromBase64(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function publicKeyBytes(given: string | PublicJwk | null): Bytes | null {
  if (typeof given === 'string') return given.startsWith('whpk_') ? fromBase64(given.slice(5)) : null;
  if (given?.kty !== 'OKP' || given.crv !== 'Ed25519' || typeof given.x !== 'string') return null;
  return fromBase64(given.x.replaceAll('-', '+').replaceAll('_', '/'));
}

/** A runtime that does not know the algorithm says so at the first call that is verified. */
function imported(bytes: Bytes, algorithm: { name: string; hash?: string }): Promise<Key> {
  const key = crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']);
  key.catch(() => undefined);
  return key;
}

/** What was given in place of a secret, without its text. */
function shapeOf(given: unknown): string {
  return typeof given === 'string' ? `a text of ${given.length} characters` : String(given && typeof given);
}
