import { createHash } from 'node:crypto';

const MAX_LENGTH = 500;

/** One notification per notice, channel and recipient, whoever writes it twice. At most 500 characters. */
export function noticeKey(dedupeKey: string, target: string): string {
  const key = `${dedupeKey}:${target.toLowerCase()}`;
  if (key.length <= MAX_LENGTH) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
