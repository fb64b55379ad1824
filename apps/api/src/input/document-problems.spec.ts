import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_MAX_DEPTH, JSON_MAX_KEYS } from '@breakwater/platform';
import { documentProblems } from './document-problems.js';

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};

describe('the limits of a document', () => {
  it.each<[string, unknown, string | null]>([
    ['an ordinary one', { a: [1, 'x', null, { b: true }] }, null],
    ['no document', undefined, null],
    ['as deep as allowed', nested(JSON_MAX_DEPTH), null],
    ['one level deeper', nested(JSON_MAX_DEPTH + 1), 'depth'],
    ['far deeper than the call stack', nested(100_000), 'depth'],
    ['as many items as allowed', Array(JSON_MAX_KEYS).fill(0), null],
    ['one more', Array(JSON_MAX_KEYS + 1).fill(0), 'keys'],
    ['a NUL in a text', { notes: 'a\0b' }, 'text'],
    ['a NUL in a key', { 'a\0': 1 }, 'text'],
    ['a lone surrogate', { notes: '\ud800' }, 'text'],
    ['an emoji', { notes: '😀' }, null],
  ])('are checked: %s', (_, document, rule) => {
    expect(documentProblems(document)[0]?.rule ?? null).toBe(rule);
  });

  it('do not check the texts of an opaque member, but its depth', () => {
    expect(documentProblems({ payload: { a: '\0' } }, 'payload')).toEqual([]);
    expect(documentProblems({ context: { payload: '\0' } }, 'payload')).toHaveLength(1);
    expect(documentProblems({ payload: nested(80) }, 'payload')[0]?.rule).toBe('depth');
  });

  it('point to the place', () => {
    expect(documentProblems({ 'a/b': [{ c: '\0' }] })[0]?.pointer).toBe('/a~1b/0/c');
  });

  it('accept every well-formed document of a normal size', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 10, noUnicodeString: false }), (document) => {
        const hasNul =
          JSON.stringify(document).includes('\\u0000') || /\\ud[89ab]/i.test(JSON.stringify(document));
        expect(documentProblems(document).length > 0).toBe(hasNul);
      }),
    );
  });
});
