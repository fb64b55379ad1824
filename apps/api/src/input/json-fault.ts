/** Where a text stops being JSON. */
export interface JsonFault {
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units. */
  column: number;
  /** What JSON allows at this place. */
  expected: string;
  /** The text that is there instead. */
  found: string;
}

type Awaited = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end' | 'nothing';
type Closer = '}' | ']';

interface Token {
  kind: '{' | '[' | Closer | ':' | ',' | 'text' | 'scalar' | 'none';
  /** Where the next one begins. */
  end: number;
  /** What is wrong inside it. */
  fault?: { at: number; expected: string };
}

const PUNCTUATION = '{}[]:,';
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORD = /[\p{L}\p{N}_$]{1,20}/uy;
const BLANKS = ' \t\r\n';

/**
 * The first place at which a text cannot be JSON any more (RFC 8259), or null when all of it is. V8's own message
 * names the place for some mistakes only. Iterative, so depth does no harm.
 */
export function jsonFault(text: string): JsonFault | null {
  const open: Closer[] = [];
  let awaited: Awaited = 'value';
  for (let at = afterBlanks(text, 0); at < text.length || awaited !== 'nothing';) {
    const token = tokenAt(text, at);
    if (token.fault) return faultAt(text, token.fault.at, token.fault.expected);
    const next = follow(awaited, token.kind, open);
    if (next === undefined) return faultAt(text, at, described(awaited, open.at(-1)));
    awaited = next;
    at = afterBlanks(text, token.end);
  }
  return null;
}

/** What may follow a token, or undefined where the token is not allowed. Updates `open`. */
function follow(awaited: Awaited, kind: Token['kind'], open: Closer[]): Awaited | undefined {
  if (kind === open.at(-1) && (awaited === ', or end' || awaited.endsWith(kind))) {
    open.pop();
    return afterValue(open);
  }
  switch (awaited) {
    case 'value':
    case 'value or ]':
      if (kind === 'text' || kind === 'scalar') return afterValue(open);
      if (kind === '{') open.push('}');
      else if (kind === '[') open.push(']');
      else return undefined;
      return kind === '{' ? 'name or }' : 'value or ]';
    case 'name':
    case 'name or }':
      return kind === 'text' ? ':' : undefined;
    case ':':
      return kind === ':' ? 'value' : undefined;
    case ', or end':
      if (kind !== ',') return undefined;
      return open.at(-1) === '}' ? 'name' : 'value';
    case 'nothing':
      return undefined;
  }
}

function afterValue(open: readonly Closer[]): Awaited {
  return open.length === 0 ? 'nothing' : ', or end';
}

function described(awaited: Awaited, closer: Closer | undefined): string {
  switch (awaited) {
    case 'value or ]':
      return 'a value or "]"';
    case 'name':
      return 'a name in double quotes';
    case 'name or }':
      return 'a name in double quotes or "}"';
    case ':':
      return '":" after the name';
    case ', or end':
      return `"," or "${closer}"`;
    case 'nothing':
      return 'the end';
    case 'value':
      return 'a value';
  }
}

function tokenAt(text: string, at: number): Token {
  const character = text[at];
  if (character === undefined) return { kind: 'none', end: at };
  if (PUNCTUATION.includes(character)) return { kind: character as Token['kind'], end: at + 1 };
  if (character === '"') return textAt(text, at);
  SCALAR.lastIndex = at;
  const scalar = SCALAR.exec(text)?.[0];
  return scalar === undefined ? { kind: 'none', end: at } : { kind: 'scalar', end: at + scalar.length };
}

function textAt(text: string, start: number): Token {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') return { kind: 'text', end: at + 1 };
    if (character < ' ')
      return {
        kind: 'text',
        end: at,
        fault: { at, expected: 'an escape such as \\n, as a text is one line' },
      };
    if (character !== '\\') continue;
    ESCAPE.lastIndex = at;
    const escape = ESCAPE.exec(text)?.[0];
    if (escape === undefined)
      return { kind: 'text', end: at, fault: { at, expected: 'an escape that JSON knows' } };
    at += escape.length - 1;
  }
  return { kind: 'text', end: text.length, fault: { at: text.length, expected: 'a double quote' } };
}

function afterBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && BLANKS.includes(text[at]!)) at++;
  return at;
}

function faultAt(text: string, at: number, expected: string): JsonFault {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    line: before.split('\n').length,
    column: at - lineStart + 1,
    expected,
    found: foundAt(text, at),
  };
}

function foundAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  if (code === undefined) return 'the end';
  WORD.lastIndex = at;
  const shown = WORD.exec(text)?.[0] ?? String.fromCodePoint(code);
  const isVisible = /^[^\p{C}\p{Z}]+$/u.test(shown);
  return isVisible ? `"${shown}"` : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
