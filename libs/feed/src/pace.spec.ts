import { describe, expect, it } from 'vitest';
import { readEveryMs } from './pace.js';

describe('the time between two reads', () => {
  it.each([
    [1, 100],
    [50, 100],
    [75, 150],
    [100, 200],
    [10_000, 200],
  ])('with %i watchers is %i ms', (watchers, ms) => expect(readEveryMs(watchers)).toBe(ms));
});
