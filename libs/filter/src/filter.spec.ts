import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compileFilter } from './compile-filter.js';
import { firstMismatch, matches, type FilteredEvent } from './filter.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A small set of values, so that filters often match payloads. */
const key = fc.constantFrom('a', 'b', 'c', '0', '1', 'constructor', '__proto__', 'length');
const scalar = fc.constantFrom<Json>(null, true, false, 0, 1, 2, -1.5, '', '1', 'a', 'ab', 'b', 'ü', '🚀');
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    { weight: 3, arbitrary: scalar },
    fc.array(tie('json'), { maxLength: 3 }),
    fc
      .array(fc.tuple(key, tie('json')), { maxLength: 3 })
      .map(
        (entries) =>
          JSON.parse(
            `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`,
          ) as Json,
      ),
  ),
}));
const object = (entries: [string, unknown][]): unknown =>
  JSON.parse(`{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`);

const ordered = fc.oneof(fc.constantFrom(0, 1, 2), fc.constantFrom('', 'a', 'ab', '1'));
const operator = fc.oneof(
  fc.tuple(fc.constantFrom('$eq', '$ne'), json),
  fc.tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), ordered),
  fc.tuple(fc.constantFrom('$in', '$nin'), fc.array(json, { minLength: 1, maxLength: 3 })),
  fc.tuple(fc.constantFrom('$startsWith', '$endsWith'), fc.constantFrom('a', 'b', '1', '🚀')),
  fc.tuple(fc.constant('$exists'), fc.boolean()),
);
const bare = json.filter((value) => typeof value !== 'object' || value === null || Array.isArray(value));
const { description } = fc.letrec<{ description: unknown }>((tie) => ({
  description: fc.oneof(
    { depthSize: 'small', maxDepth: 2 },
    bare,
    fc
      .array(
        fc.oneof(
          operator,
          fc.tuple(
            fc.array(key, { minLength: 1, maxLength: 2 }).map((names) => names.join('.')),
            tie('description'),
          ),
          fc.tuple(
            fc.constantFrom('$and', '$or'),
            fc.array(tie('description'), { minLength: 1, maxLength: 2 }),
          ),
          fc.tuple(fc.constant('$not'), tie('description')),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((entries) => object(entries as [string, unknown][])),
  ),
}));
const word = fc.constantFrom('a', 'ab', 'a.b', '1');
const ofText = fc.oneof(
  word,
  fc
    .tuple(fc.constantFrom('$eq', '$ne', '$gt', '$lte', '$startsWith', '$endsWith'), word)
    .map((one) => object([one])),
  fc
    .tuple(fc.constantFrom('$in', '$nin'), fc.array(word, { minLength: 1, maxLength: 2 }))
    .map((one) => object([one])),
  fc.boolean().map((exists) => ({ $exists: exists })),
  word.map((text) => ({ $not: { $startsWith: text } })),
);
const header = fc.constantFrom('x-a', 'x-b');
const part = fc.record(
  {
    type: ofText,
    payload: description,
    metadata: description,
    headers: fc.dictionary(header, ofText, { minKeys: 1, maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
const parts = fc.array(part, { minLength: 1, maxLength: 2 });
/** A whole filter, over all parts of an event. */
const filterDocument = fc.oneof(
  { weight: 3, arbitrary: part },
  fc.tuple(fc.constantFrom('$and', '$or'), parts).map((one) => object([one])),
  part.map((one) => ({ $not: one })),
);
const event = fc.record(
  {
    type: fc.constantFrom('a', 'a.b'),
    payload: json,
    metadata: json,
    headers: fc.dictionary(header, word, { maxKeys: 2 }),
  },
  { requiredKeys: ['type', 'payload'] },
);

/** A second implementation of docs/reference/filters.md that interprets the document directly. */
function says(of: unknown, value: unknown): boolean {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) return compares('$eq', of, value);
  const entries = Object.entries(of);
  const members = entries.filter(([name]) => !name.startsWith('$'));
  const operators = entries.filter(([name]) => name.startsWith('$'));
  return (
    operators.every(([name, operand]) => compares(name, operand, value)) &&
    (members.length === 0 || hasMembers(members, value))
  );
}

function hasMembers(members: [string, unknown][], value: unknown): boolean {
  const isNumbered = members.every(([name]) => /^\d+$/.test(name.split('.')[0]!));
  const hasAll = (one: unknown): boolean =>
    members.every(([name, of]) => {
      const [first, ...rest] = name.split('.');
      const held = member(one, first!);
      return rest.length > 0 ? hasMembers([[rest.join('.'), of]], held) : says(of, held);
    });
  return Array.isArray(value) && !isNumbered ? value.filter(() => true).some(hasAll) : hasAll(value);
}

function member(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(name) ? (value[Number(name)] as unknown) : undefined;
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

function compares(name: string, operand: unknown, value: unknown): boolean {
  const some = (holds: (one: unknown) => boolean): boolean =>
    [value, ...(Array.isArray(value) ? (value as unknown[]) : [])].some(holds);
  const inOrder = (holds: (difference: number) => boolean): boolean =>
    some((one) => typeof one === typeof operand && holds(order(one as string, operand as string)));
  switch (name) {
    case '$and':
      return (operand as unknown[]).every((each) => says(each, value));
    case '$or':
      return (operand as unknown[]).some((each) => says(each, value));
    case '$not':
      return !says(operand, value);
    case '$eq':
      return some((one) => isSame(one, operand));
    case '$ne':
      return !compares('$eq', operand, value);
    case '$in':
      return some((one) => (operand as unknown[]).some((each) => isSame(one, each)));
    case '$nin':
      return !compares('$in', operand, value);
    case '$gt':
      return inOrder((difference) => difference > 0);
    case '$gte':
      return inOrder((difference) => difference >= 0);
    case '$lt':
      return inOrder((difference) => difference < 0);
    case '$lte':
      return inOrder((difference) => difference <= 0);
    case '$startsWith':
      return some((one) => typeof one === 'string' && one.indexOf(operand as string) === 0);
    case '$endsWith':
      return some((one) => typeof one === 'string' && one.slice(-(operand as string).length) === operand);
    default:
      return (value === undefined) !== operand;
  }
}

const isSame = (one: unknown, other: unknown): boolean => one === other || isDeepStrictEqual(one, other);
const order = (one: string | number, other: string | number): number =>
  one < other ? -1 : one > other ? 1 : 0;

describe('a compiled filter', () => {
  it('matches exactly the events that a naive interpreter matches', () => {
    const seen = { matched: 0, all: 0 };
    fc.assert(
      fc.property(filterDocument, event, (document, of) => {
        const filter = compileFilter(document);
        if (Array.isArray(filter)) {
          expect(new Set(filter.map(({ rule }) => rule))).toEqual(new Set(['depth']));
          return;
        }
        const isMatch = matches(filter, of);
        expect(isMatch).toBe(says(document, of));
        seen.all++;
        if (isMatch) seen.matched++;
      }),
      { numRuns: 5000 },
    );
    // Both answers are common: otherwise this would show little.
    expect(seen.matched / seen.all).toBeGreaterThan(0.1);
    expect(seen.matched / seen.all).toBeLessThan(0.9);
  });

  it('names a term exactly when the event does not match', () =>
    fc.assert(
      fc.property(filterDocument, event, (document, of) => {
        const filter = compileFilter(document);
        if (Array.isArray(filter)) return;
        expect(firstMismatch(filter, of) === null).toBe(matches(filter, of));
      }),
    ));

  it('never throws, whatever the payload', () =>
    fc.assert(
      fc.property(description, fc.anything(), fc.anything(), (payload, value, metadata) => {
        const filter = compileFilter({ payload, headers: { 'x-a': { $ne: 'b' } } });
        if (!Array.isArray(filter)) {
          const of = { type: 'a', payload: value, metadata } as FilteredEvent;
          expect(typeof matches(filter, of)).toBe('boolean');
        }
      }),
    ));
});

describe('the compiler', () => {
  const words = fc.constantFrom(
    'type',
    'payload',
    'headers',
    'metadata',
    '$and',
    '$or',
    '$not',
    '$in',
    '$eq',
    '$gt',
    'a.b',
    '\\',
    '',
  );
  const { noise } = fc.letrec<{ noise: unknown }>((tie) => ({
    noise: fc.oneof(
      { depthSize: 'medium', maxDepth: 6 },
      fc.anything(),
      fc.array(tie('noise'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(words, fc.string()), tie('noise'), { maxKeys: 4 }),
    ),
  }));

  it('never throws, and returns a filter, or problems with a pointer, a rule and a message', () =>
    fc.assert(
      fc.property(noise, fc.jsonValue(), (document, payload) => {
        const filter = compileFilter(document);
        if (!Array.isArray(filter)) return void matches(filter, { type: 'a', payload });
        expect(filter.length).toBeGreaterThan(0);
        for (const { pointer, rule, message } of filter) {
          expect(pointer).toMatch(/^(\/|$)/);
          expect(rule).not.toBe('');
          expect(message.length).toBeGreaterThan(10);
        }
      }),
      { numRuns: 2000 },
    ));
});
