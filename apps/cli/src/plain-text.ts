// An app's answer may contain escape sequences, which must not reach a terminal.
const CONTROLS = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Any value as one line that is safe on a terminal. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(CONTROLS, ' ').trim();
}
