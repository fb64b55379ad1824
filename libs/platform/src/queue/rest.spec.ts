import { describe, expect, it } from 'vitest';
import { restMs } from './rest.js';

describe('the rest after a failed call', () => {
  it.each([
    [1, 100],
    [2, 200],
    [5, 1_600],
    [6, 2_000],
    [100_000, 2_000],
  ])('after %i in a row is %i ms', (inRow, expected) => expect(restMs(inRow)).toBe(expected));
});
