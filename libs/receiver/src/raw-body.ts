import { ConfigurationError } from './configuration-error.js';
import { Problem } from './problem.js';

/** The bytes, or where they come from; null where something else has read or parsed them before. */
export type Body = Uint8Array | string | AsyncIterable<Uint8Array> | null;

export interface RawBody {
  bytes: Uint8Array;
  /** Whether they may not be those that were sent, although their number fits or is not known. */
  isDoubtful: boolean;
}

/**
 * The bytes of a call as they were sent.
 * @param contentLength the header, if there is one
 * @throws ConfigurationError if they are gone or others
 * @throws Problem if there are more than `maxBytes`
 */
export async function rawBody(
  body: Body,
  contentLength: string | null | undefined,
  { maxBytes, remedy }: { maxBytes: number; remedy: string },
): Promise<RawBody> {
  if (body === null) throw lost('something read or parsed it before', remedy);
  const sent = contentLength ? Number(contentLength) : null;
  if (sent !== null && sent > maxBytes) throw tooLarge(maxBytes);
  const bytes = await bytesOf(body, maxBytes);
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  if (sent !== null && bytes.length !== sent) {
    throw lost(`${sent} bytes were sent and ${bytes.length} are left`, remedy);
  }
  const isLossy = typeof body === 'string' && body.includes('\ufffd');
  return { bytes, isDoubtful: isLossy || (sent === null && bytes.length === 0) };
}

export function lost(how: string, remedy: string): ConfigurationError {
  return new ConfigurationError(
    `The signature covers the raw bytes of the body, but ${how}. This is not a wrong signature: ${remedy}`,
  );
}

async function bytesOf(body: Exclude<Body, null>, maxBytes: number): Promise<Uint8Array> {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  return body instanceof Uint8Array ? body : collect(body, maxBytes);
}

/** Stops behind `maxBytes`, and leaves the rest unread: ending the iteration would close the connection. */
async function collect(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const iterator = chunks[Symbol.asyncIterator]();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    parts.push(next.value);
    length += next.value.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('BODY_TOO_LARGE', 413, `The body is longer than ${maxBytes} bytes.`);
}
