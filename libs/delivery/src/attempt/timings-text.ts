import type { Timings } from '@breakwater/webhook-client';

const PARTS = ['dnsMs', 'connectMs', 'tlsMs', 'firstByteMs', 'bodyMs'] as const;

/** As the column keeps them: a JSON array, so that no name is stored with each attempt. */
export function timingsText(timings: Timings | null): string | null {
  return timings && JSON.stringify(PARTS.map((part) => timings[part]));
}

/** From the value of the column. */
export function timingsFrom(stored: unknown): Timings | null {
  if (!Array.isArray(stored)) return null;
  const parts = stored as (number | null)[];
  return Object.fromEntries(PARTS.map((part, index) => [part, parts[index] ?? null])) as unknown as Timings;
}
