import { createSecretKey, type KeyObject } from 'node:crypto';
import { decodeSecret } from '@breakwater/platform';
import { headerProblems } from './header-problems.js';
import { decodePrivateKey, isPrivateKey } from './key-pair.js';

export interface Keys {
  /** Those inside each secret and private key: what Standard Webhooks signs with. */
  signing: KeyObject[];
  /** The newest secret's text as it was shown: what any plain HMAC receiver verifies with. */
  legacy: KeyObject | null;
}

const decoded = new WeakMap<readonly string[], Keys | null>();

/** The keys of an endpoint's secrets, null when one is damaged; remembered as long as the configuration lives. */
export function signingKeys(secrets: readonly string[]): Keys | null {
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
export function customHeaders(custom: Readonly<Record<string, string>> | undefined): string[] | null {
  if (custom === undefined) return [];
  const known = judged.get(custom);
  if (known !== undefined) return known;
  const flat = headerProblems(custom).length > 0 ? null : Object.entries(custom).flat();
  judged.set(custom, flat);
  return flat;
}
