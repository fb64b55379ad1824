import { memberAt, scalarText } from './json-pointer.js';
import type { InboundRequest } from './request.js';
import type { From, HeaderFrom } from './scheme.js';
import type { Steps } from './steps.js';
import { refused, type Refused } from './verification.js';

/** Reads texts of one request; parses its body at most once, and only when something in it is asked for. */
export class RequestReader {
  private parsed: { document: unknown } | undefined;
  private fields: URLSearchParams | undefined;

  constructor(
    readonly request: InboundRequest,
    readonly steps: Steps,
  ) {}

  /** One or more texts that stand there. */
  all(from: From): string[] | Refused {
    if ('header' in from) return this.header(from);
    if ('query' in from) return several(this.parameters().getAll(from.query), 'query', from.query);
    if ('form' in from) return several(this.form().getAll(from.form), 'form', from.form);
    const text = scalarText(this.member(from.body));
    if (text !== null) return [text];
    return refused('field_missing', `The body is not JSON with a text or number at ${from.body}.`);
  }

  /** The one text that stands there. */
  one(from: From): string | Refused {
    const texts = this.all(from);
    if (!Array.isArray(texts)) return texts;
    if (texts.length === 1) return texts[0]!;
    return refused(
      'field_repeated',
      `${describe(from)} is given ${texts.length} times, but it must be given once.`,
    );
  }

  /** The member of the body at a JSON pointer; undefined when it is not there, or the body is not JSON. */
  member(pointer: string): unknown {
    this.parsed ??= { document: parse(this.body()) };
    return memberAt(this.parsed.document, pointer);
  }

  body(): Buffer {
    return this.steps.bodyBytes(this.request);
  }

  form(): URLSearchParams {
    return (this.fields ??= new URLSearchParams(this.body().toString('utf8')));
  }

  /** Whether the Content-Type says that the body is a form. */
  isForm(): boolean {
    const types = this.steps.headerValues(this.request, 'content-type');
    return types.length === 1 && /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(types[0]!.trim());
  }

  private parameters(): URLSearchParams {
    const at = this.request.url.indexOf('?');
    return new URLSearchParams(at === -1 ? '' : this.request.url.slice(at + 1).split('#', 1)[0]);
  }

  private header(from: HeaderFrom): string[] | Refused {
    const names = typeof from.header === 'string' ? [from.header] : from.header;
    const values: string[] = [];
    for (const name of names) {
      const found = this.steps.headerValues(this.request, name);
      if (found.length > 1) {
        const detail = `The header ${name} is given ${found.length} times, but it must be given once.`;
        return refused('header_repeated', detail);
      }
      const value = found[0]?.trim();
      if (value) values.push(value);
    }
    if (values.length === 0) {
      const detail = `The header ${names.join(' or ')} is missing.`;
      return refused('header_missing', detail);
    }
    const texts = from.prefix === undefined ? values : withoutPrefix(values, from.prefix);
    if (texts.length === 0) {
      return refused(
        'signature_malformed',
        `The header ${names.join(' or ')} does not start with "${from.prefix}".`,
      );
    }
    return from.field === undefined && from.itemSep === undefined ? texts : fields(texts, from);
  }
}

/** The bytes of a text that stood there: header values are latin-1, one character a byte. */
export function bytesOf(text: string, from: From): Buffer {
  return Buffer.from(text, 'header' in from ? 'latin1' : 'utf8');
}

/** How a person finds the place. */
export function describe(from: From): string {
  if ('query' in from) return `The query parameter ${from.query}`;
  if ('form' in from) return `The form field ${from.form}`;
  if ('body' in from) return `The member ${from.body} of the body`;
  const names = typeof from.header === 'string' ? from.header : from.header.join(' or ');
  return from.field === undefined ? `The header ${names}` : `The field ${from.field} of the header ${names}`;
}

function several(values: string[], place: 'query' | 'form', name: string): string[] | Refused {
  if (values.length === 1 && values[0] !== '') return values;
  const what = place === 'query' ? `The query parameter ${name}` : `The form field ${name}`;
  if (values.length < 2) return refused('field_missing', `${what} is missing.`);
  return refused('field_repeated', `${what} is given ${values.length} times, but it must be given once.`);
}

function withoutPrefix(values: string[], prefix: string): string[] {
  const start = prefix.toLowerCase();
  return values
    .filter((value) => value.toLowerCase().startsWith(start))
    .map((value) => value.slice(prefix.length).trim());
}

function fields(texts: string[], from: HeaderFrom): string[] | Refused {
  const items = texts.flatMap((text) => (from.itemSep === undefined ? [text] : text.split(from.itemSep)));
  const found = items
    .map((item) => valueOf(item.trim(), from))
    .filter((value): value is string => value !== null && value !== '');
  return found.length > 0 ? found : refused('field_missing', `${describe(from)} is missing.`);
}

function valueOf(item: string, { fieldSep, field }: HeaderFrom): string | null {
  if (field === undefined || fieldSep === undefined) return item;
  const start = field + fieldSep;
  return item.startsWith(start) ? item.slice(start.length).trim() : null;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
