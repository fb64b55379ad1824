import { describe, expect, it } from 'vitest';
import { MANIFEST_MAX_BYTES, sizeProblem, storageProblems } from './storable.js';

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

function cycle(): unknown {
  const value: Record<string, unknown> = {};
  value.one = value;
  value.other = value;
  return value;
}

describe('a document that can be walked and stored', () => {
  it.each([
    ['nesting of 64', nested(64)],
    ['10000 items', Array(10_000).fill(0)],
    ['an emoji', { '🚀': '🚀' }],
    ['undefined', { a: undefined }],
  ])('%s has no problem', (_, document) => expect(storageProblems(document)).toEqual([]));

  it.each([
    ['nesting of 65', nested(65), '', 'depth'],
    ['nesting of a million', nested(1_000_000), '', 'depth'],
    ['a cycle', cycle(), '', 'depth'],
    ['10001 items', Array(10_001).fill(0), '', 'keys'],
    ['NUL', { a: ['\u0000'] }, '/a/0', 'text'],
    ['half a surrogate pair', { a: '\udc00' }, '/a', 'text'],
    ['NUL in a key', { 'a\u0000': 1 }, '/a\u0000', 'key'],
    ['__proto__', JSON.parse('{"a": {"__proto__": {}}}'), '/a/__proto__', 'key'],
    ['1e999', JSON.parse('{"a": 1e999}'), '/a', 'number'],
    ['a bigint', { a: 1n }, '/a', 'json'],
    ['a function', { a: () => 1 }, '/a', 'json'],
  ])('%s is a problem', (_, document, pointer, rule) =>
    expect(storageProblems(document)).toEqual([expect.objectContaining({ pointer, rule })]),
  );

  it('a document of 256 KiB is small enough', () => {
    expect(sizeProblem('x'.repeat(MANIFEST_MAX_BYTES - 2))).toBeUndefined();
    expect(sizeProblem(undefined)).toBeUndefined();
  });

  it('a document one byte larger is not', () =>
    expect(sizeProblem('x'.repeat(MANIFEST_MAX_BYTES - 1))).toMatchObject({
      rule: 'size',
      value: MANIFEST_MAX_BYTES + 1,
    }));
});
