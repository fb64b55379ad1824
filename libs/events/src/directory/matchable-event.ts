import type { MatchableEvent } from './directory.js';

/** The parts of a stored event that are matched. */
export interface StoredEvent {
  type: string;
  body: Buffer;
  headers: Record<string, string> | null;
  metadata: Record<string, unknown> | null;
}

/** A stored event, ready to be matched. The payload is parsed once, and only if a filter needs it. */
export function matchableEvent({ type, body, headers, metadata }: StoredEvent): MatchableEvent {
  let parsed: { value: unknown } | undefined;
  const payload = (): unknown => (parsed ??= { value: jsonOf(body) }).value;
  return { type, headers, metadata, payload };
}

/** Undefined if the body is not JSON: for a filter, all its members are missing. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
