import { createHash } from 'node:crypto';

const MAX_LENGTH = 500;

/** One mail per change of state and recipient, whoever writes it twice. At most 500 characters. */
export function breakerDedupeKey(
  change: { appId: string; capability: string; generation: number },
  recipient: string,
): string {
  const key = `breaker:${change.appId}:${change.capability}:${change.generation}:${recipient.toLowerCase()}`;
  if (key.length <= MAX_LENGTH) return key;
  return `breaker:sha256:${createHash('sha256').update(key).digest('hex')}`;
}
