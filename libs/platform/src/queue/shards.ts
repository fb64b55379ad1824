/** The queue's name in the code; QUEUE_NAME is its name in Redis or PostgreSQL. */
export const WAKE_UPS = 'wake-ups';

/** The name of each queue in the code: one, or in a cluster one for each shard. */
export function shardNames(shards: number): string[] {
  return Array.from({ length: shards }, (_, index) => (index === 0 ? WAKE_UPS : `${WAKE_UPS}-${index}`));
}

/**
 * The prefix of each queue in Redis. In a cluster all keys of a queue are in one slot, because of their hash tag; so
 * several queues spread over the nodes.
 * @param shards null: there is no cluster
 */
export function shardPrefixes(prefix: string, shards: number | null): string[] {
  if (shards === null) return [prefix];
  return Array.from({ length: shards }, (_, index) => `{${prefix}-${index}}`);
}

/** The shard of a wake-up, by FNV-1a: the same text has the same shard in every process. */
export function shardOf(text: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % shards;
}
