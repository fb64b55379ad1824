import { createHash } from 'node:crypto';

const MAX_LENGTH = 500;

/** The key that makes one notification per notice, channel and recipient. At most 500 characters. */
export function noticeKey(dedupeKey: string, target: string): string {
  const key = `${dedupeKey}:${target.toLowerCase()}`;
  if (key.length <= MAX_LENGTH) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
