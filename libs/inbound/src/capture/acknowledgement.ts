import type { StoredCapture } from '@breakwater/delivery';
import { DEFAULT_ANSWER, type ResolvedSource } from '../sources/source.js';

/** What the sender of a captured request gets. */
export interface CaptureAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/**
 * The answer of a stored request: what the source says, or 200 with the id of the event. While the source is paused it
 * is 202: the request is kept, and waits. A provider that takes one answer only, as its preset says, gets that one.
 */
export function acknowledgement(
  { answer, preset }: Pick<ResolvedSource, 'answer' | 'preset'>,
  stored: StoredCapture,
): CaptureAnswer {
  const isHeld = stored.kind === 'accepted' && stored.held && answer !== preset?.answer;
  if (isHeld || answer === DEFAULT_ANSWER) {
    const body = Buffer.from(JSON.stringify({ id: stored.eventId }));
    return { status: isHeld ? 202 : 200, headers: { 'content-type': 'application/json' }, body };
  }
  const { status, contentType, body } = answer;
  return {
    status,
    headers: contentType === null ? {} : { 'content-type': contentType },
    body: Buffer.from(body),
  };
}
