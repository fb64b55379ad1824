const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
/** Some editors write it first; the parser that checked the document has skipped it. */
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The text of a missing value. */
export const JSON_NULL: Buffer = Buffer.from('null');

/**
 * The bytes of one member of a JSON object as its sender wrote them. Numbers beyond 2^53, the order of keys and white
 * space stay the same; parsing and serialising would lose them.
 * @param document valid JSON, an object at its top
 * @returns null when the object has no such member; the last one when it has several, as JSON.parse does
 * @see docs/adr/0007-payload-bytes-as-written.md
 */
export function sliceMember(document: Buffer, member: string): Buffer | null {
  let found: Buffer | null = null;
  for (const [key, value] of members(document)) if (key === member) found = value;
  return found;
}

/**
 * Every member of a JSON object with the bytes of its value, in one pass over the document.
 * @param document valid JSON, an object at its top
 */
export function sliceMembers(document: Buffer): Map<string, Buffer> {
  return new Map(members(document));
}

/**
 * The bytes of every item of a JSON list, in one pass over the document.
 * @param document valid JSON, a list at its top
 */
export function sliceItems(document: Buffer): Buffer[] {
  const items: Buffer[] = [];
  let at = skipBlank(document, start(document) + 1);
  while (at < document.length && !closes(document[at]!)) {
    const end = endOfValue(document, at);
    items.push(document.subarray(at, end));
    at = skipBlank(document, end);
    if (document[at] !== COMMA) break;
    at = skipBlank(document, at + 1);
  }
  return items;
}

function* members(document: Buffer): Generator<[string, Buffer]> {
  let at = start(document) + 1;
  for (;;) {
    at = skipBlank(document, at);
    if (document[at] !== QUOTE) return; // The closing brace of an empty object, or the end.
    const keyEnd = endOfString(document, at);
    const key = JSON.parse(document.toString('utf8', at, keyEnd)) as string;
    at = skipBlank(document, skipBlank(document, keyEnd) + 1); // Skips the colon.
    const end = endOfValue(document, at);
    yield [key, document.subarray(at, end)];
    at = skipBlank(document, end);
    if (document[at] !== COMMA) return;
    at++;
  }
}

/** Where the object or list begins. */
function start(document: Buffer): number {
  return skipBlank(document, document.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0);
}

// Comparisons are faster than sets here: every byte is tested.
const opens = (byte: number): boolean => byte === 0x7b || byte === 0x5b;
const closes = (byte: number): boolean => byte === 0x7d || byte === 0x5d;
const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function skipBlank(document: Buffer, from: number): number {
  let at = from;
  while (isBlank(document[at]!)) at++;
  return at;
}

/** @returns the index after the closing quote */
function endOfString(document: Buffer, from: number): number {
  let at = from + 1;
  while (at < document.length && document[at] !== QUOTE) at += document[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function endOfValue(document: Buffer, from: number): number {
  const first = document[from]!;
  if (first === QUOTE) return endOfString(document, from);
  if (!opens(first)) {
    let at = from;
    while (
      at < document.length &&
      !closes(document[at]!) &&
      document[at] !== COMMA &&
      document[at] !== COLON &&
      !isBlank(document[at]!)
    )
      at++;
    return at;
  }
  let depth = 0;
  let at = from;
  while (at < document.length) {
    const byte = document[at]!;
    if (byte === QUOTE) {
      at = endOfString(document, at);
      continue;
    }
    if (opens(byte)) depth++;
    if (closes(byte) && --depth === 0) return at + 1;
    at++;
  }
  return at;
}
