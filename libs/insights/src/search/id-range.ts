import type { IdRange } from './search.store.js';

/** Fewer digits would mean too many ids: the first eight are a span of about a minute. */
const DIGITS_MIN = 8;
const DIGITS = 32;

/** The ids that begin with a text; null when no id does, or when it has fewer than eight digits. */
export function idRangeOf(text: string): IdRange | null {
  if (!/^[0-9a-f-]+$/i.test(text)) return null;
  const digits = text.replaceAll('-', '').toLowerCase();
  const isBeginning = format(digits).startsWith(text.toLowerCase());
  if (digits.length < DIGITS_MIN || digits.length > DIGITS || !isBeginning) return null;
  return { first: format(digits.padEnd(DIGITS, '0')), last: format(digits.padEnd(DIGITS, 'f')) };
}

/** With the dashes of an id, as far as it goes. */
function format(digits: string): string {
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ];
  const written = parts.filter((part, index) => index === 0 || part !== '');
  const isFull = [8, 12, 16, 20].includes(digits.length);
  return written.join('-') + (isFull ? '-' : '');
}
