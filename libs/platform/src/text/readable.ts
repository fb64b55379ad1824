const LONGEST = 120;

/** A sent value as problems show it: shortened, without nested parts, without a URL's password. */
export function readable(value: unknown): unknown {
  if (typeof value === 'string') return cut(value.replace(/(:\/\/)[^\s/?#]*@/g, '$1***@'));
  if (Array.isArray(value)) return `array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'object';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

/** First 120 characters, with a mark where there were more. */
export function cut(text: string): string {
  const characters = Array.from(text.slice(0, LONGEST * 2 + 2));
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : text;
}
