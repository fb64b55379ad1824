import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portions } from './portions.js';

describe('portions', () => {
  it.each([
    ['hold as many items as fit', [3, 3, 4, 1], [[3, 3, 4], [1]]],
    ['hold one item that is larger alone', [11, 1, 11], [[11], [1], [11]]],
    ['are none without items', [], []],
  ])('%s', (_, sizes, expected) => {
    const divided = portions(
      sizes.map((bytes) => ({ bytes })),
      10,
    );
    expect(divided.map((portion) => portion.map(({ bytes }) => bytes))).toEqual(expected);
  });

  it('hold all items in their order, and only a single one exceeds the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (sizes) => {
        const items = sizes.map((bytes, at) => ({ bytes, at }));
        const divided = portions(items, 10);
        expect(divided.flat()).toEqual(items);
        for (const portion of divided) {
          const sum = portion.reduce((total, { bytes }) => total + bytes, 0);
          expect(portion.length === 1 || sum <= 10).toBe(true);
        }
      }),
    );
  });
});
