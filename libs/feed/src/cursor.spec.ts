import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningOf, compare, formatCursor, parseCursor, type Position } from './cursor.js';

const position = fc.record<Position>({
  transaction: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  source: fc.integer({ min: -1, max: 5 }),
  id: fc.uuid(),
  number: fc.integer({ min: 0, max: 100_000 }),
  atS: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

describe('a cursor', () => {
  it('is the text of a place, and leads back to it', () => {
    fc.assert(
      fc.property(position, (place) => {
        expect(parseCursor(formatCursor(place))).toEqual(place);
      }),
    );
  });

  it('needs no escape in a URL, a shell or JSON', () => {
    fc.assert(
      fc.property(position, (place) => {
        expect(formatCursor(place)).toMatch(/^[A-Za-z0-9_-]{42}$/);
      }),
    );
  });

  it('is refused where it was changed in length or version, or is any other text', () => {
    const cursor = formatCursor(beginningOf(7, 1));
    for (const text of [cursor.slice(1), `${cursor}A`, `B${cursor.slice(1)}`, '', ' ', '💥'])
      expect(parseCursor(text)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => void parseCursor(text)));
  });

  it('has one text only', () => {
    const cursor = formatCursor(beginningOf(7, 1));
    expect(parseCursor(`${cursor.slice(0, -1)}${cursor.endsWith('B') ? 'A' : 'B'}`)).toBeNull();
  });
});

describe('places', () => {
  it('have one order', () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('are ordered by transaction, source, id and number, not by when they were handed out', () => {
    const at = beginningOf(7, 100);
    const ids = ['00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000b'] as const;
    const places = [
      at,
      { ...at, source: 0, id: ids[1] },
      { ...at, source: 3, id: ids[0], number: 1 },
      { ...at, source: 3, id: ids[0], number: 2, atS: 1 },
      { ...at, source: 3, id: ids[1], number: 1 },
      beginningOf(8, 1),
    ];
    expect(places.toReversed().toSorted(compare)).toEqual(places);
    expect(compare(at, { ...at, atS: 3 })).toBe(0);
  });
});
