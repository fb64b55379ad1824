/** U+FFFD: shows that something stood there. */
const REPLACEMENT = '\uFFFD';

/** Whether PostgreSQL's text and jsonb hold this as it is: neither U+0000 nor half of a surrogate pair is in it. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * The text as PostgreSQL can hold it: what it cannot hold becomes U+FFFD. For texts that must be written down whatever
 * is in them, as errors of others; what a caller gives us is refused instead, by {@link isStorable}.
 * @param maxLength in characters, as PostgreSQL counts them
 */
export function storable(text: string, maxLength = Infinity): string {
  const whole = isStorable(text) ? text : text.toWellFormed().replaceAll('\0', REPLACEMENT);
  if (whole.length <= maxLength) return whole;
  return Array.from(whole.slice(0, 2 * maxLength))
    .slice(0, maxLength)
    .join('');
}
