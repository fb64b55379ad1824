import { hash } from 'node:crypto';

const DIGITS = 12;

/** iron-session numbers its passwords: the number of an encryption key is the same in every process and order. */
export function sealNumber(encryptionKeyId: string): number {
  return Number.parseInt(hash('sha256', encryptionKeyId).slice(0, DIGITS), 16);
}
