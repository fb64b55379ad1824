import { describe, expect, it } from 'vitest';
import { atOnceOf, gapMsOf, type Limits } from './pace.js';

const free: Limits = { concurrency: 10, ordered: false, rateLimitPerSecond: null };

describe('the pace of a run', () => {
  it.each<[string, Partial<Limits>, number]>([
    ['five calls at once', {}, 5],
    ['no more than the endpoint gets', { concurrency: 3 }, 3],
    ['no more than its rate', { rateLimitPerSecond: 2 }, 2],
    ['one where the order counts', { ordered: true }, 1],
  ])('has %s', (_, limits, atOnce) => {
    expect(atOnceOf({ ...free, ...limits })).toBe(atOnce);
  });

  it.each<[number | null, number]>([
    [null, 0],
    [1, 1_000],
    [3, 334],
    [1_000, 1],
  ])('has at a rate of %s a gap of %i ms', (rateLimitPerSecond, gapMs) => {
    expect(gapMsOf({ ...free, rateLimitPerSecond })).toBe(gapMs);
  });
});
