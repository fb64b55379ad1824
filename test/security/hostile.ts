import fc, { type Arbitrary } from 'fast-check';
import type { Schema } from './openapi.js';

/** Texts that have broken other programs. */
const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  'a\r\nBcc: eve@example.com',
  '\u2028\u2029',
  '\ufeffx',
  "' OR 1=1 --",
  '"; DROP TABLE apps; --',
  '$1',
  '%',
  '_',
  '\\',
  '{{7*7}}',
  '${7*7}',
  '<script>',
  '../..',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  'true',
  '0',
  '-1',
  '1e400',
  '9007199254740993',
  '0x10',
  '٣',
  'İ',
  'ﬀ',
  '👩‍👩‍👧‍👦',
  'e\u0301'.repeat(50),
  '\u202edcba',
  '2026-02-30T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '+275760-09-14T00:00:00Z',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(256),
  'é'.repeat(3_000),
  'x'.repeat(70_000),
  '[object Object]',
  'http://127.0.0.1/',
  'file:///etc/passwd',
];

const NUMBERS = [
  0,
  -0,
  -1,
  0.5,
  1e-320,
  1e300,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 2,
  -(2 ** 31),
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -1e18,
  1.7976931348623157e308,
];

export const hostileText: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map((units) => String.fromCharCode(...units)),
);

export const hostileValue: Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(...NUMBERS, null, true, false, [], {}, [[]], [null], { a: {} }),
  fc.integer({ min: 60, max: 500 }).map(nested),
  fc.jsonValue({ maxDepth: 4 }),
  hostileText.map((name) => ownMember(name, 1)),
  fc.integer({ min: 1, max: 12_000 }).map((length) => Array.from({ length }, () => 0)),
);

/** What a schema does not contain: the schemas it refers to, and good values of members by their name. */
export interface Known {
  schemas: Record<string, Schema>;
  values: Record<string, string[]>;
}

/** A value of this schema. */
export function valueOf(schema: Schema, known: Known): Arbitrary<unknown> {
  const whole = schema.$ref ? known.schemas[schema.$ref.split('/').at(-1)!]! : (schema.allOf?.[0] ?? schema);
  if (whole !== schema) return valueOf(whole, known);
  const { enum: allowed, type, minimum = 0, maximum = 1_000_000, minLength = 0, maxLength = 40 } = schema;
  if (allowed) return fc.constantFrom(...allowed);
  switch (type) {
    case 'string':
      if (schema.format === 'uuid') return fc.uuid();
      if (schema.format === 'date-time')
        return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
      return fc.string({ minLength, maxLength: Math.min(maxLength, 60) });
    case 'number':
    case 'integer':
      return fc.integer({ min: minimum, max: Math.min(maximum, Number.MAX_SAFE_INTEGER) });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, known), { maxLength: 4 });
    case 'object': {
      if (!schema.properties)
        return fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
      const members = Object.entries(schema.properties).map(([name, member]) => {
        const good = known.values[name];
        return [name, good ? fc.constantFrom(...good) : valueOf(member, known)] as const;
      });
      return fc.record(Object.fromEntries(members), { requiredKeys: schema.required ?? [] });
    }
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** The same document with up to three of its places damaged: replaced, removed, renamed or doubled. */
export function spoilt(document: Arbitrary<unknown>): Arbitrary<unknown> {
  const spoiling = fc.record({
    place: fc.nat(),
    how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'rename'),
    value: hostileValue,
    name: hostileText,
  });
  return fc.tuple(document, fc.array(spoiling, { maxLength: 3 })).map(([whole, steps]) => {
    let result = { root: copyOf(whole) };
    for (const { place, how, value, name } of steps) {
      const places = placesIn(result);
      const [parent, key] = places[place % places.length]!;
      // Each place gets a copy: a value that is used twice would damage itself, and a shared one the next document.
      if (how === 'replace') set(parent, key, copyOf(value));
      else if (how === 'remove') delete parent[key];
      else set(parent, name, copyOf(how === 'add' ? value : parent[key]));
      if (how === 'rename' && name !== key) delete parent[key];
    }
    return result.root;
  });
}

/** The bytes of a body: JSON in most cases, and other bytes sent as JSON. */
export function bytesOf(document: Arbitrary<unknown>): Arbitrary<Buffer> {
  const text = document.map((value) => JSON.stringify(value) ?? '');
  return fc.oneof(
    { weight: 12, arbitrary: text.map((json) => Buffer.from(json)) },
    fc.tuple(text, fc.nat()).map(([json, at]) => Buffer.from(json.slice(0, at % (json.length + 1)))),
    text.map((json) => Buffer.from(`\ufeff${json}`)),
    text.map((json) => Buffer.from(json, 'utf16le')),
    text.map((json) => Buffer.from(`${json}${json}`)),
    text.map((json) => Buffer.from(json.replace('{', '{"__proto__":{"admin":true},'))),
    text.map((json) => Buffer.from(json.replace('{', '{"constructor":{"prototype":{"admin":true}},'))),
    text.map((json) => Buffer.from(json.replaceAll(/\d+/g, '1e400'))),
    fc.integer({ min: 60, max: 100_000 }).map((depth) => Buffer.from('['.repeat(depth))),
    fc
      .integer({ min: 60, max: 100_000 })
      .map((depth) => Buffer.from(`{"payload":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`)),
    fc
      .constantFrom(
        '{"payload":"\\ud800"}',
        '{"name":"a\\u0000"}',
        '[',
        'null',
        '{"a":1,"a":2}',
        '{"\\u0000":1}',
      )
      .map((raw) => Buffer.from(raw)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );
}

export const contentType: Arbitrary<string | undefined> = fc.oneof(
  { weight: 10, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'application/json; charset=utf-16',
    'application/json;;',
    'APPLICATION/JSON',
    'application/json, text/plain',
    'application/vnd.api+json',
    'text/plain',
    'text/html',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    ';',
    '/',
    '*/*',
    'a/b; c="',
    'x'.repeat(2_000),
  ),
);

/** One piece of a path or query as it is sent: escaped in most cases, and sometimes with meaningless escapes. */
export const wireText: Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: hostileText.map(escaped) },
  fc.constantFrom(
    '%ZZ',
    '%',
    '%00',
    '%ED%A0%80',
    '%C0%AF',
    '%FF',
    '..%2f..',
    '%2e%2e%2f',
    '%',
    '.',
    '..',
    ';a=b',
    '%0d%0aX:y',
  ),
);

/** What a header may contain, and more than its reader expects. */
export const headerText: Arbitrary<string> = hostileText.map((text) =>
  Buffer.from(text.slice(0, 3_000), 'utf8')
    .toString('latin1')
    .replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '?'),
);

/** Long texts are cut where Node itself would refuse the request. */
export function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed()).slice(0, 3_000).replace(/%.?$/, '');
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Copies through JSON: it keeps own members of every name, and goes deeper than structuredClone. */
function copyOf<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

function ownMember(name: string, value: unknown): object {
  return Object.defineProperty({}, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A list has no members by name: a new value is added at its end. */
function set(parent: Record<string, unknown>, key: string, value: unknown): void {
  if (Array.isArray(parent) && (key === 'length' || !Object.hasOwn(parent, key))) {
    parent.push(value);
    return;
  }
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

function placesIn(root: Record<string, unknown>): [parent: Record<string, unknown>, key: string][] {
  const found: [Record<string, unknown>, string][] = [];
  const waiting = [root];
  for (let parent = waiting.pop(); parent && found.length < 500; parent = waiting.pop()) {
    for (const key of Object.keys(parent)) {
      found.push([parent, key]);
      const value = parent[key];
      if (typeof value === 'object' && value !== null) waiting.push(value as Record<string, unknown>);
    }
  }
  return found.length > 0 ? found : [[root, 'root']];
}
