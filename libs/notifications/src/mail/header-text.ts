// Controls, line and paragraph separators, and marks that change the reading direction.
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const MAX_LENGTH = 200;

/** Text for one mail header: no line breaks or other controls, at most 200 characters. */
export function headerText(text: string): string {
  const line = text.toWellFormed().replace(UNSAFE, ' ').replace(/ {2,}/g, ' ').trim();
  const characters = Array.from(line); // A surrogate pair counts as one.
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : line;
}

/** Text without the marks that change the reading direction: they would make the words around it read backwards. */
export function withoutDirectionMarks(text: string): string {
  return text.replace(DIRECTION_MARKS, '');
}

/**
 * True for text that can stand alone in a To header: one `@` outside of quotes, nothing that starts another header or
 * address.
 */
export function isSingleAddress(text: string): boolean {
  return /^[^\s\p{Cc}\u2028\u2029<>,;:"()[\]\\@]+@[^\s\p{Cc}\u2028\u2029<>,;:"()\\@]+$/u.test(text);
}
