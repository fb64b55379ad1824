import { createHash } from 'node:crypto';

/** 160 bits. */
const KEY_BYTES = 20;
const KEY = /^[0-9a-f]{40}$/;

/**
 * A new key for the address of a source.
 * @param random gives n cryptographically random bytes
 */
export function generateSourceKey(random: (n: number) => Buffer): string {
  return random(KEY_BYTES).toString('hex');
}

export function isSourceKey(text: string): boolean {
  return KEY.test(text);
}

/** A key is looked up by its SHA-256 in hex. */
export function hashSourceKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The address that a provider is given. */
export function captureUrl(publicBaseUrl: string, key: string): string {
  return `${publicBaseUrl.replace(/\/+$/, '')}/in/${key}`;
}
