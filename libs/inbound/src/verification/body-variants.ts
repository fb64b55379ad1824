import { walkJson } from '@breakwater/platform';

/** A body as it may have been before something on the way changed it, and what that was. */
export interface BodyVariant {
  body: Buffer;
  cause: string;
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Other spellings of a body that senders sign; lazily, because the first that fits ends the search. */
export function* bodyVariants(body: Buffer): Generator<BodyVariant> {
  const text = body.toString('utf8');
  yield {
    body: Buffer.alloc(0),
    cause: 'it fits an empty body: the sender signs none, or signed before it had one',
  };
  if (text.endsWith('\n')) {
    yield { body: Buffer.from(text.replace(/\r?\n$/, '')), cause: 'a line break was added at the end' };
  } else {
    yield { body: Buffer.concat([body, Buffer.from('\n')]), cause: 'the line break at its end was removed' };
    yield {
      body: Buffer.concat([body, Buffer.from('\r\n')]),
      cause: 'the line break at its end was removed',
    };
  }
  if (body.subarray(0, 3).equals(BYTE_ORDER_MARK)) {
    yield { body: body.subarray(3), cause: 'a byte order mark was added' };
  }
  if (text.trim() !== text) yield { body: Buffer.from(text.trim()), cause: 'blanks were added around it' };
  if (text.includes('\r\n')) {
    yield { body: Buffer.from(text.replaceAll('\r\n', '\n')), cause: 'its line breaks were changed to CRLF' };
  } else if (text.includes('\n')) {
    yield { body: Buffer.from(text.replaceAll('\n', '\r\n')), cause: 'its line breaks were changed to LF' };
  }
  yield* ofCharacters(text, body);
  yield* ofJson(text);
}

/** Bodies whose characters were read in one encoding and written in another. */
function* ofCharacters(text: string, body: Buffer): Generator<BodyVariant> {
  if (body.every((byte) => byte < 0x80)) return;
  yield { body: Buffer.from(text, 'latin1'), cause: 'it was read as latin-1 and written as UTF-8' };
  yield { body: Buffer.from(body.toString('latin1')), cause: 'it was read as UTF-8 and written as latin-1' };
}

/** Bodies that were parsed as JSON and written again. */
function* ofJson(text: string): Generator<BodyVariant> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return;
  }
  // Writing deeper JSON again takes the stack, and the blanks of each level.
  if (walkJson(document, () => false) !== null) return;
  const compact = JSON.stringify(document);
  const cause = 'its JSON was parsed and written again, with other blanks or escapes';
  const asciiOnly = escaped(compact);
  yield { body: Buffer.from(compact), cause };
  yield { body: Buffer.from(JSON.stringify(document, null, 2)), cause };
  yield { body: Buffer.from(JSON.stringify(document, null, 4)), cause };
  yield { body: Buffer.from(spaced(document)), cause };
  yield { body: Buffer.from(escaped(spaced(document))), cause };
  yield { body: Buffer.from(asciiOnly), cause };
  yield { body: Buffer.from(compact.replaceAll('/', '\\/')), cause };
  yield { body: Buffer.from(asciiOnly.replaceAll('/', '\\/')), cause };
}

/** JSON with a blank after each comma and colon, as Python writes it. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, child]) => `${JSON.stringify(key)}: ${spaced(child)}`);
  return `{${members.join(', ')}}`;
}

function escaped(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
