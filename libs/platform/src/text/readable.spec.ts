import { describe, expect, it } from 'vitest';
import { cut, readable } from './readable.js';

describe('a value shown to people', () => {
  it.each([
    ['text as it is', 'abc', 'abc'],
    ['a number as it is', 7, 7],
    ['null as it is', null, null],
    ['Infinity as text', Infinity, 'Infinity'],
    ['an object by its kind', { secret: 1 }, 'object'],
    ['a list by its length', [1, 2], 'array of 2'],
    ['no password of a URL', 'https://u:p@host/x@y', 'https://***@host/x@y'],
  ])('is %s', (_, value, shown) => expect(readable(value)).toBe(shown));

  it('is cut between characters', () => expect(cut('🚀'.repeat(121))).toBe(`${'🚀'.repeat(120)}…`));
  it('is whole at 120 characters', () => expect(cut('🚀'.repeat(120))).toBe('🚀'.repeat(120)));
});
