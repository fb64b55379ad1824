import { hash } from 'node:crypto';

/** `bw_` and 256 random bits in base64url. */
export const API_KEY_PATTERN = '^bw_[A-Za-z0-9_-]{43}$';

const pattern = new RegExp(API_KEY_PATTERN);
const KEY_BYTES = 32;
/** `bw_` and eight more characters: enough to distinguish keys in a list, useless for guessing the rest. */
const PREFIX_LENGTH = 11;

/**
 * A new key in plain text.
 * @param random returns n cryptographically random bytes
 */
export function generateApiKey(random: (bytes: number) => Buffer): string {
  return `bw_${random(KEY_BYTES).toString('base64url')}`;
}

export function isApiKey(raw: string): boolean {
  return pattern.test(raw);
}

/** What is stored of a key: sha256 in hex; 256 random bits need no slow hash. */
export function hashApiKey(raw: string): string {
  return hash('sha256', raw);
}

export function prefixOf(raw: string): string {
  return raw.slice(0, PREFIX_LENGTH);
}
