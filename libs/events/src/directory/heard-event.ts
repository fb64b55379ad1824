import type { HeardEvent } from './directory.js';

/** What is stored of an event, as far as its subscriptions look at it. */
export interface StoredEvent {
  type: string;
  body: Buffer;
  headers: Record<string, string> | null;
  metadata: Record<string, unknown> | null;
}

/** A stored event as its subscriptions see it: its payload is parsed once, and only when a filter looks at it. */
export function heardEvent({ type, body, headers, metadata }: StoredEvent): HeardEvent {
  let parsed: { value: unknown } | undefined;
  const payload = (): unknown => (parsed ??= { value: jsonOf(body) }).value;
  return { type, headers, metadata, payload };
}

/** Undefined where it is no JSON: then a filter finds nothing in it. */
function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
