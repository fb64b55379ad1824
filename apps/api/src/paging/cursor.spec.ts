import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CursorInvalidError } from './cursor-invalid.error.js';
import { cursorOf, presentedPage, positionOf } from './cursor.js';
import { timeOf } from './time-of.js';

describe('a cursor', () => {
  it('leads back to its position', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().filter((part) => !part.includes('\0')),
          { minLength: 1, maxLength: 3 },
        ),
        (position) => {
          expect(positionOf(cursorOf(position), position.length)).toEqual(position.map((part) => part));
        },
      ),
    );
  });

  it('may be absent', () => expect(positionOf(undefined, 1)).toBeUndefined());

  it.each([
    ['not ours', 'xyz'],
    ['empty', ''],
    ['of another list', cursorOf(['a', 'b'])],
    ['of values that are not texts', Buffer.from('[1]').toString('base64url')],
    ['with a NUL', cursorOf(['\0'])],
  ])('is refused when it is %s', (_, cursor) => {
    expect(() => positionOf(cursor, 1)).toThrow(CursorInvalidError);
  });

  it('with an invalid time is refused', () => {
    expect(timeOf('2026-11-22T00:00:00.000Z', '').getUTCFullYear()).toBe(2026);
    expect(() => timeOf('soon', 'cursor')).toThrow(CursorInvalidError);
  });
});

describe('a page', () => {
  const page = (rows: number[]): unknown =>
    presentedPage(
      rows,
      2,
      (row) => row * 10,
      (row) => [String(row)],
    );

  it('names the next one only when there is one', () => {
    expect(page([])).toEqual({ items: [], nextCursor: null });
    expect(page([1, 2])).toEqual({ items: [10, 20], nextCursor: null });
    expect(page([1, 2, 3])).toEqual({ items: [10, 20], nextCursor: cursorOf(['2']) });
  });
});
