import { formatBytes } from '../../show/format.js';

/** Size of a body that is shown as text. What was no text is shown by U+FFFD, so its size is not exact. */
export function sizeOf(text: string): string {
  const size = formatBytes(new TextEncoder().encode(text).length);
  return text.includes('\uFFFD') ? `about ${size}; not all of it is text` : size;
}
