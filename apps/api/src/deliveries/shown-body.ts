import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { ShownBodyDto } from './delivery.dto.js';

/** Bytes of a body that are shown. */
export const SHOWN_BYTES = 64 * 1024;

/**
 * A body as people see it: the start as text, or in base64 where it is not UTF-8.
 * @param isWhole false when `body` is only the start of what was sent
 */
export function shownBody(body: Buffer, contentType: string | null, isWhole = true): ShownBodyDto {
  const isText = isUtf8(body) || (!isWhole && isUtf8(wholeCharacters(body)));
  const start = body.subarray(0, SHOWN_BYTES);
  return {
    contentType,
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
    encoding: isText ? 'text' : 'base64',
    content: isText ? wholeCharacters(start).toString('utf8') : start.toString('base64'),
    truncated: !isWhole || body.length > SHOWN_BYTES,
    isWhole,
  };
}

/** Without the first bytes of a character whose rest was cut off. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}
