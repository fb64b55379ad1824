/** U+FFFD: shows that a character was here. */
const REPLACEMENT = '\uFFFD';

/**
 * Whether PostgreSQL's text and jsonb can hold this unchanged: it contains neither U+0000 nor half of a surrogate
 * pair.
 */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * The text as PostgreSQL can hold it: other characters become U+FFFD. For texts that must be stored whatever they
 * contain, such as errors of others; text of a caller is refused instead, with {@link isStorable}.
 * @param maxLength in characters, as PostgreSQL counts them
 */
export function storable(text: string, maxLength = Infinity): string {
  const whole = isStorable(text) ? text : text.toWellFormed().replaceAll('\0', REPLACEMENT);
  if (whole.length <= maxLength) return whole;
  return Array.from(whole.slice(0, 2 * maxLength))
    .slice(0, maxLength)
    .join('');
}
