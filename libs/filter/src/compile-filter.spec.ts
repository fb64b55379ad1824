import { describe, expect, it } from 'vitest';
import { compileFilter } from './compile-filter.js';
import { firstMismatch, matches, type CompiledFilter } from './filter.js';
import { FILTER_MAX_BYTES } from './limits.js';

const compiled = (document: unknown): CompiledFilter => {
  const filter = compileFilter(document);
  if (Array.isArray(filter)) throw new Error(JSON.stringify(filter));
  return filter;
};
const problemsOf = (document: unknown): string[] => {
  const problems = compileFilter(document);
  return Array.isArray(problems) ? problems.map(({ pointer, rule }) => `${rule} ${pointer}`) : [];
};
const event = {
  type: 'order.created',
  payload: { total: 120, items: [{ sku: 'A', n: 1 }], customer: { country: 'DE' } },
  headers: { 'x-region': 'eu' },
  metadata: { test: false },
};

describe('a filter', () => {
  it.each([
    ['headers, ignoring case', { headers: { 'X-Region': 'eu' } }],
    ['headers by a key with a dot', { 'headers.X-Region': 'eu' }],
    ['whether there are headers', { headers: { $exists: true } }],
    ['metadata', { metadata: { test: false } }],
    ['the payload by a key with dots', { 'payload.customer.country': { $in: ['AT', 'DE'] } }],
    ['the end of a text', { type: { $endsWith: '.created' } }],
    [
      'whether a value equals one of several objects',
      { payload: { customer: { $in: [1, { country: 'DE' }] } } },
    ],
    ['an item by its index', { payload: { items: { 0: { sku: 'A' } } } }],
  ])('can test %s', (_, document) => expect(matches(compiled(document), event)).toBe(true));

  it('can match an event that has only a type', () => {
    const filter = compiled({ payload: { $exists: false }, metadata: { $exists: false } });
    expect(matches(filter, { type: 'a' })).toBe(true);
  });

  it('finds no members in a value that is not JSON', () => {
    const filter = compiled({ payload: { size: { $exists: true } } });
    expect(matches(filter, { type: 'a', payload: new Map([[1, 2]]) })).toBe(false);
  });
});

describe('the first term that does not match', () => {
  it.each<[string, unknown, string | null]>([
    ['none', { type: 'order.created', payload: { total: 120 } }, null],
    ['a bare value', { type: 'order.created', payload: { total: 1 } }, '/payload/total'],
    ['an operator', { payload: { total: { $gte: 100, $lt: 110 } } }, '/payload/total/$lt'],
    ['the first of two', { type: 'x', payload: { total: 1 } }, '/type'],
    ['a key with dots', { 'payload.customer.country': 'AT' }, '/payload.customer.country'],
    [
      'an item of $and',
      { $and: [{ type: 'order.created' }, { payload: { total: 1 } }] },
      '/$and/1/payload/total',
    ],
    ['an $or as a whole', { $or: [{ type: 'x' }, { type: 'y' }] }, '/$or'],
    ['a $not as a whole', { $not: { type: 'order.created' } }, '/$not'],
    ['a list without such an item', { payload: { items: { sku: 'A', n: 2 } } }, '/payload/items'],
    ['an escaped name', { payload: { 'a/b~c': 1 } }, '/payload/a~1b~0c'],
  ])('is returned: %s', (_, document, pointer) => {
    expect(firstMismatch(compiled(document), event)).toBe(pointer);
  });
});

describe('a refused filter', () => {
  it('reports all problems at once', () => {
    const document = {
      type: 5,
      paylod: { a: 1 },
      payload: { a: { $gtt: 1 }, 'b.': 2, c: { $in: [2 ** 53, 1] } },
      headers: 'x',
      $or: [5, { metadata: {} }],
    };
    expect(problemsOf(document).toSorted()).toEqual([
      'empty /$or/1/metadata',
      'event_type /type',
      'key /payload/b.',
      'number /payload/c/$in/0',
      'operator /payload/a/$gtt',
      'type /$or/0',
      'type /headers',
      'unknown_key /paylod',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'type '],
    ['a text', 'type', 'type '],
    ['a comparison of all headers with one value', { headers: { $gt: 'a' } }, 'place /headers/$gt'],
    ['members of a header', { headers: { a: { b: 'c' } } }, 'place /headers/a'],
    ['members of the type by dots', { 'type.name': 'a' }, 'place /type.name'],
    ['null as a header', { headers: { a: null } }, 'header /headers/a'],
    [
      'a key with too many members',
      { payload: { 'a.b.c.d.e.f.g.h.i': 1 } },
      'key /payload/a.b.c.d.e.f.g.h.i',
    ],
    ['a lone backslash', { payload: { 'a\\b': 1 } }, 'key /payload/a\\b'],
    ['a backslash at the end', { payload: { 'a\\': 1 } }, 'key /payload/a\\'],
    ['an infinite number', { payload: { a: Infinity } }, 'number /payload/a'],
    ['NaN', { payload: { a: { $gt: NaN } } }, 'number /payload/a/$gt'],
    ['a whole number that is too large', { payload: { a: 2 ** 53 } }, 'number /payload/a'],
    ['a value that is not JSON', { payload: { a: 1n } }, 'json /payload/a'],
    ['undefined', { payload: { a: undefined } }, 'json /payload/a'],
    ['half a surrogate pair in a key', { payload: { '\ud800': 1 } }, 'text /payload/\ud800'],
    ['a list that is too long', { payload: { a: { $in: Array(101).fill(1) } } }, 'operand /payload/a/$in'],
    ['an empty $not', { payload: { $not: {} } }, 'empty /payload/$not'],
    ['too many bytes', { payload: { a: 'ü'.repeat(FILTER_MAX_BYTES / 2) } }, 'size '],
    ['too many members', { payload: { a: Array(10_001).fill(0) } }, 'size '],
    [
      'an operand that is too deep',
      { payload: { a: { $eq: [[[[[[1]]]]]] } } },
      'depth /payload/a/$eq/0/0/0/0/0',
    ],
  ])('reports %s', (_, document, problem) => expect(problemsOf(document)).toEqual([problem]));

  it('reports a document that contains itself', () => {
    const document: Record<string, unknown> = {};
    document['$not'] = document;
    expect(problemsOf(document)).toEqual(['depth /$not/$not/$not/$not/$not/$not/$not/$not']);
  });

  it.each([
    [64, []],
    [65, ['terms ']],
  ])('reports more than 64 comparisons: %i', (count, problems) => {
    const members = Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, at]));
    expect(problemsOf({ payload: members })).toEqual(problems);
  });

  it('shows each value, shortened to a readable length', () => {
    const problems = compileFilter({ payload: { a: { $gt: ['x'] } }, type: 'y y'.repeat(100) });
    expect(problems).toEqual([
      expect.objectContaining({ pointer: '/payload/a/$gt', value: 'array of 1' }),
      expect.objectContaining({ pointer: '/type', value: `${'y y'.repeat(40)}…` }),
    ]);
  });
});
