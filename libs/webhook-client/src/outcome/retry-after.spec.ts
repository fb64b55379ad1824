import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from './retry-after.js';

const now = new Date('1994-11-06T08:49:07Z');
const year = 365 * 24 * 3600 * 1000;

describe('Retry-After', () => {
  it.each([
    ['2', 2000],
    [' 120 ', 120_000],
    ['0', 0],
    ['99999999999999999999', year],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
    ['Sun Nov  6 08:49:37 1994', 30_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
    ['Fri, 31 Dec 2999 23:59:59 GMT', year],
    ['Sun, 99 Nov 1994 08:49:37 GMT', null],
    ['1.5', null],
    ['-1', null],
    ['+1', null],
    ['1e3', null],
    ['2 seconds', null],
    ['1994-11-06T08:49:37Z', null],
    ['tomorrow', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('%j is %s ms', (value, expected) => expect(parseRetryAfter(value, now)).toBe(expected));

  it('is never negative, never longer than a year, for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat().map(String),
          fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
        ),
        (text) => {
          const wait = parseRetryAfter(text, now);
          expect(wait === null || (wait >= 0 && wait <= year)).toBe(true);
        },
      ),
    );
  });
});
