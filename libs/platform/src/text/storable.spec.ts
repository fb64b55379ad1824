import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStorable, storable } from './storable.js';

describe('a text to be stored', () => {
  it.each([
    ['is unchanged', 'Äpfel 🍏', undefined, 'Äpfel 🍏'],
    ['shows where a U+0000 was', 'a\0b', undefined, 'a\uFFFDb'],
    ['shows where half of a pair was', 'a\uD83Db', undefined, 'a\uFFFDb'],
    ['is cut', 'abcdef', 3, 'abc'],
    ['is cut by whole characters', '🍏🍏🍏', 2, '🍏🍏'],
    ['is not cut at its maximum length', 'abc', 3, 'abc'],
  ])('%s', (_, text, maxLength, expected) => expect(storable(text, maxLength)).toBe(expected));

  it('can always be stored, and is never longer than it may be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, maxLength) => {
        const stored = storable(text, maxLength);
        expect(isStorable(stored)).toBe(true);
        expect(Array.from(stored).length).toBeLessThanOrEqual(maxLength);
      }),
    );
  });
});
