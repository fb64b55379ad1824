import type { Encoding } from './scheme.js';

const PATTERNS: Record<Encoding, RegExp> = {
  hex: /^(?:[0-9a-fA-F]{2})+$/,
  base64: /^[A-Za-z0-9+/]+={0,2}$/,
  base64url: /^[A-Za-z0-9_-]+={0,2}$/,
};

/** The bytes of a text, or null when it is not in this encoding. Padding of base64 may be left out. */
export function decode(text: string, encoding: Encoding): Buffer | null {
  if (!PATTERNS[encoding].test(text)) return null;
  const bytes = Buffer.from(text, encoding);
  // One character of base64 alone is less than a byte.
  return bytes.length > 0 ? bytes : null;
}
