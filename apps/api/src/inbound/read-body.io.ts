import type { IncomingMessage } from 'node:http';
import type { Place } from '@breakwater/inbound';
import { BODY_MAX_BYTES } from '../errors/explained.js';

export type ReadBody =
  | { kind: 'body'; body: Buffer }
  /** It is longer than 1 MiB; the rest was not read. */
  | { kind: 'too_large' }
  /** The bodies in hand take too much memory. */
  | { kind: 'full' }
  /** The sender is gone, or its body was cut off or malformed. */
  | { kind: 'gone' };

/** The raw bytes of a body, in whatever framing they come. Nothing is decoded. */
export async function readBody(request: IncomingMessage, place: Place): Promise<ReadBody> {
  if (request.destroyed) return { kind: 'gone' };
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > BODY_MAX_BYTES) return { kind: 'too_large' };
  if (!place.mayTake(announced)) return { kind: 'full' };
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    const done = (read: ReadBody): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).pause();
      resolve(read);
    };
    const onData = (chunk: Buffer): void => {
      const isMore = length + chunk.length > announced;
      length += chunk.length;
      if (length > BODY_MAX_BYTES) return done({ kind: 'too_large' });
      if (isMore && !place.mayTake(chunk.length)) return done({ kind: 'full' });
      chunks.push(chunk);
    };
    const onEnd = (): void => done({ kind: 'body', body: Buffer.concat(chunks, length) });
    const onClose = (): void => done({ kind: 'gone' });
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}
