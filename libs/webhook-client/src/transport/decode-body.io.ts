import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Transform } from 'node:stream';
import type { ContentCoding } from '../outcome/content-coding.js';

export interface DecodedBody {
  /** At most `maxBytes`. */
  body: Buffer;
  /** whole; cut at `maxBytes`; broken: not in this encoding, or it ends too soon. */
  end: 'whole' | 'cut' | 'broken';
}

const CHUNK_BYTES = 64 * 1024;

/**
 * Decodes a body off the event loop and stops at `maxBytes`, so that a bomb is never unpacked.
 * @param maxBytes of the decoded body
 */
export function decodeBody(coding: ContentCoding, packed: Buffer, maxBytes: number): Promise<DecodedBody> {
  return new Promise((resolve) => {
    const decoder = decoderOf(coding, packed);
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (end: DecodedBody['end']): void => {
      resolve({ body: Buffer.concat(chunks, bytes), end });
      decoder.destroy();
    };
    decoder.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, maxBytes - bytes);
      chunks.push(part);
      bytes += part.length;
      if (part.length < chunk.length) finish('cut');
    });
    decoder.on('end', () => finish('whole'));
    decoder.on('error', () => finish('broken'));
    decoder.end(packed);
  });
}

function decoderOf(coding: ContentCoding, packed: Buffer): Transform {
  const options = { chunkSize: CHUNK_BYTES };
  switch (coding) {
    case 'gzip':
      return createGunzip(options);
    case 'br':
      return createBrotliDecompress(options);
    case 'deflate':
      // RFC 9110 8.4.1.2 means zlib's format, but some servers send raw deflate.
      return hasZlibHeader(packed) ? createInflate(options) : createInflateRaw(options);
  }
}

/** RFC 1950 2.2. */
function hasZlibHeader(packed: Buffer): boolean {
  return packed.length >= 2 && (packed[0]! & 0x0f) === 8 && packed.readUInt16BE(0) % 31 === 0;
}
