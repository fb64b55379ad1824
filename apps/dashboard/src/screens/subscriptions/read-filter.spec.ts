import { describe, expect, it } from 'vitest';
import { readFilter } from './read-filter.js';

describe('the text of a filter', () => {
  it.each([
    ['', null, null],
    ['  ', null, null],
    ['{"a": 1}', { a: 1 }, null],
    ['[1]', null, 'A filter is a JSON object.'],
    ['null', null, 'A filter is a JSON object.'],
    ['{"a"', null, expect.stringMatching(/^This is not JSON yet: /)],
  ])('%s', (text, value, problem) => {
    expect(readFilter(text)).toEqual({ value, problem });
  });
});
