import { isUtf8 } from 'node:buffer';

/** Deepest nesting accepted: `JSON.stringify` overflows the stack at about 5000 levels, `JSON.parse` does not. */
const MAX_DEPTH = 256;

/** Reads a JSON answer; `ok: false` says why it is none. */
export function parseJsonBody(body: Buffer): { ok: true; value: unknown } | { ok: false; message: string } {
  if (body.length === 0) return { ok: false, message: 'the response body is empty' };
  if (!isUtf8(body)) return { ok: false, message: 'the response body is not UTF-8' };
  if (depth(body) > MAX_DEPTH)
    return { ok: false, message: `the response is nested deeper than ${MAX_DEPTH}` };
  try {
    return { ok: true, value: JSON.parse(body.toString('utf8')) };
  } catch {
    return { ok: false, message: 'the response body is not JSON' };
  }
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
