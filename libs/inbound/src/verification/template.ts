import { crc32 } from 'node:zlib';
import { scalarText } from './json-pointer.js';
import type { RequestReader } from './request-reader.js';
import { refused, type Refused } from './verification.js';

/** What a template is filled with, besides the request. */
export interface Filling {
  url: string;
  timestamp: Buffer;
  id: Buffer;
  options: Readonly<Record<string, string>>;
  /** The query states a hash of the body, so the body is not part of the text as a form. */
  isHashed: boolean;
}

export type Part = { text: string } | { name: string; argument: string };

const PLACEHOLDERS = ['body', 'timestamp', 'id', 'method', 'url', 'form', 'crc32'];
const WITH_ARGUMENT = ['url', 'option', 'header', 'body', 'line'];

export const OPTION_NAME_RULE = '1 to 50 letters, digits and _, and not preset, scheme or toleranceSeconds';
const OPTION_NAME = /^[A-Za-z0-9_]{1,50}$/;
/** Members of a verification that are no options. */
const NO_OPTIONS = ['preset', 'scheme', 'toleranceSeconds'];
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const compiled = new Map<string, readonly Part[]>();

/** The parts of a template; each template of the presets is compiled once. */
export function partsOf(template: string): readonly Part[] {
  const known = compiled.get(template);
  if (known) return known;
  const parts = template
    .split(/(\{[^{}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece): Part => {
      if (!/^\{[^{}]*\}$/.test(piece)) return { text: piece };
      const [name = '', ...argument] = piece.slice(1, -1).split(':');
      return { name, argument: argument.join(':') };
    });
  if (compiled.size > 1000) compiled.clear();
  compiled.set(template, parts);
  return parts;
}

/** Whether an option of a source can have this name. */
export function isOptionName(name: string): boolean {
  return OPTION_NAME.test(name) && !NO_OPTIONS.includes(name);
}

/** What is wrong with a template, or null. */
export function templateProblem(template: string): string | null {
  for (const part of partsOf(template)) {
    if ('text' in part) {
      if (/[{}]/.test(part.text)) return 'has a brace that belongs to no placeholder';
      continue;
    }
    const problem = placeholderProblem(part);
    if (problem) return problem;
  }
  return null;
}

/** The names of the placeholders in a template, such as `body`, or `body:` with an argument. */
export function placeholdersOf(template: string): string[] {
  return partsOf(template).flatMap((part) =>
    'text' in part ? [] : [part.argument === '' ? part.name : `${part.name}:`],
  );
}

/** The signed bytes in pieces, or why they cannot be put together. */
export function render(template: string, reader: RequestReader, filling: Filling): Buffer[] | Refused {
  const pieces: Buffer[] = [];
  for (const part of partsOf(template)) {
    const piece = 'text' in part ? Buffer.from(part.text) : fill(part, reader, filling);
    if (!Buffer.isBuffer(piece)) return piece;
    pieces.push(piece);
  }
  return pieces;
}

function fill(
  { name, argument }: { name: string; argument: string },
  reader: RequestReader,
  filling: Filling,
): Buffer | Refused {
  switch (argument === '' ? name : `${name}:`) {
    case 'body':
      return reader.body();
    case 'timestamp':
      return filling.timestamp;
    case 'id':
      return filling.id;
    case 'method':
      return Buffer.from(reader.request.method.toUpperCase());
    case 'url':
      return Buffer.from(filling.url);
    case 'url:':
      return Buffer.from(decoded(filling.url));
    case 'form':
      return formText(reader, filling);
    case 'crc32':
      return Buffer.from(String(crc32(reader.body())));
    case 'option:':
      return optionText(argument, filling);
    case 'header:':
      return headerText(argument, reader);
    case 'line:':
      return lineText(argument, reader);
    default:
      return Buffer.from(scalarText(reader.member(argument)) ?? '');
  }
}

/** A URL with these characters decoded that HubSpot decodes before it signs. */
function decoded(url: string): string {
  return url.replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (code) => decodeURIComponent(code));
}

/** Names and values, sorted by name; of a repeated name each value once, sorted. Only where the body is a form. */
function formText(reader: RequestReader, { isHashed }: Filling): Buffer | Refused {
  if (isHashed || reader.body().length === 0) return Buffer.alloc(0);
  if (!reader.isForm()) {
    const detail =
      'The body is not a form (Content-Type application/x-www-form-urlencoded), so the signature does not cover it.';
    return refused('field_missing', detail);
  }
  const values = new Map<string, Set<string>>();
  for (const [name, value] of reader.form()) {
    const known = values.get(name);
    if (known) known.add(value);
    else values.set(name, new Set([value]));
  }
  const pairs = [...values.keys()]
    .sort()
    .flatMap((name) => [...values.get(name)!].sort().map((value) => name + value));
  return Buffer.from(pairs.join(''));
}

function optionText(name: string, { options }: Filling): Buffer | Refused {
  const value = Object.hasOwn(options, name) ? options[name] : undefined;
  if (value) return Buffer.from(value);
  return refused(
    'option_missing',
    `The source has no value for its option ${name}, which is part of the signed text.`,
  );
}

function headerText(name: string, reader: RequestReader): Buffer | Refused {
  const text = reader.one({ header: name });
  return typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
}

function lineText(pointer: string, reader: RequestReader): Buffer {
  const text = scalarText(reader.member(pointer));
  const name = pointer.slice(pointer.lastIndexOf('/') + 1);
  return Buffer.from(text === null ? '' : `${name}\n${text}\n`);
}

function placeholderProblem({ name, argument }: { name: string; argument: string }): string | null {
  const written = `{${name}${argument === '' ? '' : `:${argument}`}}`;
  if (!(argument === '' ? PLACEHOLDERS : WITH_ARGUMENT).includes(name))
    return `has the unknown placeholder ${written}`;
  if (name === 'url' && argument !== '' && argument !== 'decoded')
    return `${written} is not {url} or {url:decoded}`;
  if (name === 'option' && !isOptionName(argument))
    return `${written} does not name an option: ${OPTION_NAME_RULE}`;
  if (name === 'header' && !HEADER_NAME.test(argument)) return `${written} does not name a header`;
  const isPointer = (name === 'body' && argument !== '') || name === 'line';
  if (isPointer && !argument.startsWith('/'))
    return `${written} does not name a JSON pointer, such as /event/id`;
  return null;
}
