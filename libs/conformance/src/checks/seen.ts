import { cut, storable } from '@breakwater/platform';
import type { Outcome, Timed } from '@breakwater/webhook-client';

/** An answer of the receiver, without its body. */
export interface SeenAnswer {
  kind: 'answer';
  status: number;
  durationMs: number;
  contentType: string | null;
  retryAfter: string | null;
  location: string | null;
  /** Bytes of the body, before it was unpacked. */
  bytes: number;
  /** Whether the body was read as JSON; only answers of sync capabilities are. */
  isJson: boolean;
}

/** What came of one call. */
export type Seen =
  SeenAnswer | { kind: 'no answer'; outcome: Outcome['kind']; message: string; durationMs: number };

/** What the checks look at in an outcome. */
export function seenOf(outcome: Outcome & Timed): Seen {
  const durationMs = Math.round(outcome.durationMs);
  switch (outcome.kind) {
    case 'delivered':
    case 'http_error':
    case 'invalid_response': {
      const { headers, bytesSeen } = outcome.response;
      return {
        kind: 'answer',
        status: outcome.status,
        durationMs,
        contentType: shown(headers['content-type']),
        retryAfter: shown(headers['retry-after']),
        location: shown(headers['location']),
        bytes: bytesSeen,
        isJson: outcome.kind === 'delivered' && outcome.json !== undefined,
      };
    }
    default:
      return {
        kind: 'no answer',
        outcome: outcome.kind,
        message: cut(storable(outcome.message)),
        durationMs,
      };
  }
}

/** A call's result in a few words. */
export function describeSeen(seen: Seen): string {
  if (seen.kind === 'no answer') return `no answer: ${seen.outcome}, ${seen.message}`;
  return `HTTP ${seen.status}`;
}

/** The results of several calls: equal ones are counted. */
export function describeAll(all: readonly Seen[]): string {
  const counts = new Map<string, number>();
  for (const seen of all) {
    const text = describeSeen(seen);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => (count === 1 ? text : `${count} times ${text}`)).join('; ');
}

function shown(header: string | undefined): string | null {
  return header === undefined ? null : cut(storable(header));
}
