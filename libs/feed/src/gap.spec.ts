import { describe, expect, it } from 'vitest';
import { beginningOf } from './cursor.js';
import { gapOf, type Past } from './gap.js';

const cursor = beginningOf(100, 1_000_000);
const past: Past = { ahead: 200, nowS: 1_000_600, keptDays: 30, tooMany: 0 };

describe('a gap', () => {
  it('is not there where everything is handed out', () => expect(gapOf(cursor, past)).toBeNull());

  it.each<[string, Partial<Past>, object]>([
    [
      'says how many items were skipped',
      { tooMany: 31_204 },
      {
        skipped: 31_204,
        reason: 'too_many',
        detail: '31,204 items were skipped: more than one resume hands out',
      },
    ],
    [
      'says where nobody knows how many',
      { tooMany: null },
      {
        skipped: null,
        reason: 'too_many',
        detail: 'an unknown number of items were skipped: more than one resume hands out',
      },
    ],
    [
      'says that the rows are older than what is kept',
      { nowS: 1_000_000 + 31 * 86_400, tooMany: 5 },
      {
        skipped: null,
        reason: 'expired',
        detail: 'the cursor is older than the 30 days that items are kept',
      },
    ],
    [
      'says that the cursor is of another database',
      { ahead: 99 },
      {
        skipped: null,
        reason: 'other_database',
        detail: 'the cursor is of another database: the feed begins with what happens now',
      },
    ],
  ])('%s', (_, change, expected) => expect(gapOf(cursor, { ...past, ...change })).toEqual(expected));

  it.each([[1], [999], [1_000_000]])('is one line: %i skipped', (tooMany) =>
    expect(gapOf(cursor, { ...past, tooMany })!.detail).not.toMatch(/[\r\n]/),
  );
});
