import { describe, expect, it } from 'vitest';
import { lagMs, recentMarks } from './replica-lag.js';

const marks = [
  { position: 100, atMs: 1_000 },
  { position: 200, atMs: 2_000 },
  { position: 200, atMs: 3_000 },
];

describe('the lag of a standby', () => {
  it.each([
    ['is not known before it reached a mark', 99, Infinity],
    ['counts from the newest mark that it reached', 150, 3_000],
    ['counts from the newest of equal marks: the primary wrote nothing between them', 200, 1_000],
    ['counts from the newest mark when it is past all of them', 900, 1_000],
  ])('%s', (_, replayed, expected) => expect(lagMs(marks, replayed, 4_000)).toBe(expected));

  it('is not known without marks', () => expect(lagMs([], 100, 4_000)).toBe(Infinity));
});

describe('marks', () => {
  it('are kept while they may show a lag within the limit', () => {
    expect(recentMarks(marks, 4_000, 2_000)).toEqual(marks.slice(1));
    expect(recentMarks(marks, 9_000, 2_000)).toEqual([]);
  });
});
