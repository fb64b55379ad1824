import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EncryptionKey } from '../config/index.js';

/** Stored once per key, so that a later start notices a wrong key before it seals anything with it. */
export interface KeyCheck {
  keyId: string;
  /** 32 hex characters that reveal only whether the key is the same. */
  check: string;
}

export function keyCheck({ id, key }: EncryptionKey): KeyCheck {
  return {
    keyId: id,
    check: createHmac('sha256', key).update(`breakwater key check ${id}`).digest('hex').slice(0, 32),
  };
}

export interface KeysJudged {
  /** Keys whose id is stored with another check: refuse to start. */
  wrong: string[];
  /** Keys seen for the first time: store these. */
  fresh: KeyCheck[];
  /** Stored ids that are no longer configured: what they sealed cannot be opened. */
  missing: string[];
}

/** Compares the configured keys with the stored checks. */
export function judgeKeys(keys: readonly EncryptionKey[], stored: readonly KeyCheck[]): KeysJudged {
  const verdict: KeysJudged = { wrong: [], fresh: [], missing: [] };
  for (const made of keys.map(keyCheck)) {
    const known = stored.find(({ keyId }) => keyId === made.keyId);
    if (!known) verdict.fresh.push(made);
    else if (!isSame(known.check, made.check)) verdict.wrong.push(made.keyId);
  }
  verdict.missing = stored.map(({ keyId }) => keyId).filter((keyId) => !keys.some(({ id }) => id === keyId));
  return verdict;
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
