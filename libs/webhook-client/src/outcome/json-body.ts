import { isUtf8 } from 'node:buffer';

/** Deepest nesting accepted: at a few thousand levels, readers of what we pass on overflow their stack. */
const MAX_DEPTH = 256;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A JSON document in both forms: digits, escapes and the order of keys are only in the bytes. */
export interface JsonDocument {
  value: unknown;
  /** As it was written, without byte order mark and without white space around it. */
  bytes: Buffer;
}

/** Reads a JSON answer; `ok: false` says why it is not JSON. A byte order mark before it is skipped (RFC 8259 8.1). */
export function parseJsonBody(body: Buffer): ({ ok: true } & JsonDocument) | { ok: false; message: string } {
  const bytes = trimmed(body);
  if (bytes.length === 0) return { ok: false, message: 'the response body is empty' };
  if (!isUtf8(bytes)) return { ok: false, message: 'the response body is not UTF-8' };
  if (depth(bytes) > MAX_DEPTH)
    return { ok: false, message: `the response is nested deeper than ${MAX_DEPTH}` };
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')), bytes };
  } catch {
    return { ok: false, message: 'the response body is not JSON' };
  }
}

function trimmed(body: Buffer): Buffer {
  let start = body.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  let end = body.length;
  while (start < end && isBlank(body[start]!)) start++;
  while (end > start && isBlank(body[end - 1]!)) end--;
  return body.subarray(start, end);
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function depth(body: Buffer): number {
  let level = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++level);
    else if (byte === 0x5d || byte === 0x7d) level--;
  }
  return deepest;
}
