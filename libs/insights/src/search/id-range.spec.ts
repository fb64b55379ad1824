import { describe, expect, it } from 'vitest';
import { idRangeOf } from './id-range.js';

describe('the ids that begin with a text', () => {
  it.each([
    ['01a2212d', '01a2212d-0000-0000-0000-000000000000', '01a2212d-ffff-ffff-ffff-ffffffffffff'],
    ['01A2212D-', '01a2212d-0000-0000-0000-000000000000', '01a2212d-ffff-ffff-ffff-ffffffffffff'],
    ['01a2212d-6', '01a2212d-6000-0000-0000-000000000000', '01a2212d-6fff-ffff-ffff-ffffffffffff'],
    [
      '01a2212d-6593-7000-8d23-5ed2e9f62a65',
      '01a2212d-6593-7000-8d23-5ed2e9f62a65',
      '01a2212d-6593-7000-8d23-5ed2e9f62a65',
    ],
  ])('%s', (text, first, last) => expect(idRangeOf(text)).toEqual({ first, last }));

  it.each([
    ['seven digits', '01a2212'],
    ['digits without dashes', '01a2212d6593'],
    ['another letter', '01a2212g'],
    ['a dash at a wrong place', '01a2-212d6593'],
    ['too many digits', '01a2212d-6593-7000-8d23-5ed2e9f62a650'],
    ['dashes only', '--------'],
    ['nothing', ''],
  ])('are none for %s', (_, text) => expect(idRangeOf(text)).toBeNull());
});
