import { createHash } from 'node:crypto';

/** Longest key, in characters. */
const KEY_MAX = 255;

/** A provider's id as the key of its event: itself, or its hash if it is too long or cannot be stored. */
export function dedupeKey(id: string): string {
  if (id.length <= KEY_MAX && !id.includes('\0') && id.isWellFormed()) return id;
  return `sha256:${createHash('sha256').update(id, 'utf16le').digest('hex')}`;
}
