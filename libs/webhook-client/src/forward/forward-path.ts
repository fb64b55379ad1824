/** The path and query of a forwarded request, or why it is not forwarded. */
export type ForwardPath = { ok: true; path: string } | { ok: false; message: string };

/** How often a path is decoded before it is refused: each receiver decodes once, a careless one twice. */
const DECODED_MAX = 5;

/**
 * The path of a target with the rest of a captured path, and both queries, the target's first. Bytes that may not stand
 * in a request line are percent-encoded; everything else stays as it came. A rest that a receiver could read as a path
 * outside of the target's, in whatever encoding, is refused: nothing is repaired silently.
 * @param base path and query of the target, as its URL has them
 * @param rest of the captured path, empty or with a slash first; latin-1, as Node gives it
 * @param query of the captured request, without its question mark
 */
export function forwardPath(base: string, rest: string, query: string): ForwardPath {
  const mark = base.indexOf('?');
  const path = mark < 0 ? base : base.slice(0, mark);
  const ownQuery = mark < 0 ? '' : base.slice(mark + 1);
  const below = rest === '' || rest.startsWith('/') ? rest : `/${rest}`;
  const parent = path.replace(/\/$/, '');
  const refusal = refusalOf(below, parent === '');
  if (refusal !== null) return { ok: false, message: refusal };
  const queries = [ownQuery, sendable(query)].filter((each) => each !== '');
  const joined = below === '' ? path : parent + sendable(below);
  return { ok: true, path: queries.length === 0 ? joined : `${joined}?${queries.join('&')}` };
}

/** @param isAtRoot whether nothing stands before the rest: two slashes would then begin a host name */
function refusalOf(rest: string, isAtRoot: boolean): string | null {
  const decoded = decodedOf(rest);
  if (decoded === null) return `the path is percent-encoded more than ${DECODED_MAX} times`;
  const segments = decoded.split(/[/\\?#]/);
  if (segments.some(isDotSegment))
    return 'the path has a segment `.` or `..`, which could leave the path of the target';
  if (isAtRoot && /^[/\\]{2}/.test(decoded))
    return 'the path begins with two slashes, which could name another host';
  return null;
}

/** Decoded until nothing is encoded any more; null after too many times. */
function decodedOf(text: string): string | null {
  let before = text;
  for (let times = 0; times <= DECODED_MAX; times++) {
    const after = before.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (after === before) return withoutOverlong(before);
    before = after;
  }
  return null;
}

/** Two bytes that a careless decoder of UTF-8 takes for `.`, `/` or `\`. */
function withoutOverlong(text: string): string {
  return text
    .replaceAll('\u00C0\u00AE', '.')
    .replaceAll('\u00C0\u00AF', '/')
    .replaceAll('\u00C1\u009C', '\\');
}

/** Some receivers leave out control characters, spaces, or what follows a semicolon. */
function isDotSegment(segment: string): boolean {
  // eslint-disable-next-line no-control-regex
  const plain = segment.replaceAll(/;.*$|[\0-\x20\x7F]/gs, '');
  return plain === '.' || plain === '..';
}

function sendable(text: string): string {
  return text.replaceAll(/[^!"$-~]/gu, (character) =>
    Array.from(Buffer.from(character, character > '\u00FF' ? 'utf8' : 'latin1'), escaped).join(''),
  );
}

function escaped(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
