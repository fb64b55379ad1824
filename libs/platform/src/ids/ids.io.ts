import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(16 * 128);
let used = pool.length;
let lastMs = 0;
let sequence = 0;

/**
 * A UUID of version 7 (RFC 9562, method 1). Ids of one process sort by the order of their creation, so indexes grow at
 * their right edge and an ordered endpoint knows its head.
 * @see docs/adr/0016-partitions-by-id.md
 */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, (used += 16));
  const nowMs = Math.max(Date.now(), lastMs);
  sequence = nowMs === lastMs ? sequence + 1 : 0;
  // After 4096 ids in one millisecond: use the next one.
  lastMs = sequence > 0xfff ? nowMs + 1 : nowMs;
  sequence &= 0xfff;
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes[6] = 0x70 | (sequence >> 8);
  bytes[7] = sequence & 0xff;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The smallest id that can be created at this time. */
export function smallestIdAt(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** No id is greater. */
export const LARGEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isId(value: string): boolean {
  return UUID.test(value);
}
