/** What an element of an array may be. */
export type Element = string | number | boolean | Date | null | undefined;

/** A quote or a backslash is escaped within quotes. */
const ESCAPED = /["\\]/;
/** JSON.stringify writes these in another way than PostgreSQL reads them. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f]/;

/**
 * An array as PostgreSQL reads it: `{"a","b",NULL}`. The driver makes the same text with two replacements for each
 * element, which was a tenth of what a sync call allocates: its headers are JSON and full of quotes.
 */
export function arrayLiteral(elements: readonly Element[]): string {
  let literal = '{';
  for (let at = 0; at < elements.length; at++) {
    if (at > 0) literal += ',';
    literal += elementOf(elements[at]);
  }
  return `${literal}}`;
}

function elementOf(element: Element): string {
  if (element === null || element === undefined) return 'NULL';
  if (typeof element === 'string') return quoted(element);
  return element instanceof Date ? `"${element.toISOString()}"` : String(element);
}

function quoted(text: string): string {
  if (!ESCAPED.test(text)) return `"${text}"`;
  if (CONTROL.test(text) || !text.isWellFormed()) return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
  return JSON.stringify(text);
}
