import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delayBeforeRetry, parseRetryAfter } from './retry.js';

const situation = { tries: 1, retries: 2, isRepeatable: true, leftMs: 60_000, random: 0 };
const busy = { status: 503, retryAfterMs: null };

describe('the delay before another try', () => {
  it.each([
    ['no answer', { status: 0, retryAfterMs: null }, 100],
    ['429', { status: 429, retryAfterMs: null }, 100],
    ['502', { status: 502, retryAfterMs: null }, 100],
    ['503', busy, 100],
    ['504', { status: 504, retryAfterMs: null }, 100],
    ['503 with a Retry-After', { status: 503, retryAfterMs: 2000 }, 2000],
    ['503 with a Retry-After of 0', { status: 503, retryAfterMs: 0 }, 100],
    ['400', { status: 400, retryAfterMs: null }, null],
    ['409', { status: 409, retryAfterMs: null }, null],
    ['500', { status: 500, retryAfterMs: 1000 }, null],
  ])('after %s', (_, failure, expected) => expect(delayBeforeRetry(failure, situation)).toBe(expected));

  it.each([
    ['a request that may not be repeated', { isRepeatable: false }],
    ['the last repetition', { tries: 3 }],
    ['a client without repetitions', { retries: 0 }],
    ['less time than the delay', { leftMs: 100 }],
  ])('is none for %s', (_, changed) =>
    expect(delayBeforeRetry(busy, { ...situation, ...changed })).toBeNull(),
  );

  it('is none when the Retry-After is beyond the time that is left', () => {
    expect(delayBeforeRetry({ status: 429, retryAfterMs: 60_000 }, situation)).toBeNull();
  });

  it('doubles with each try up to 5 s, and half of it is chance', () => {
    const tries = fc.integer({ min: 1, max: 30 });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(tries, random, (made, chance) => {
        const delayMs = delayBeforeRetry(busy, { ...situation, tries: made, retries: 30, random: chance })!;
        const longest = Math.min(5_000, 200 * 2 ** (made - 1));
        expect(delayMs).toBeGreaterThanOrEqual(longest / 2);
        expect(delayMs).toBeLessThanOrEqual(longest);
      }),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-28T12:00:00Z');
  it.each([
    [null, null],
    ['7', 7000],
    [' 0 ', 0],
    ['Sat, 28 Nov 2026 12:00:05 GMT', 5000],
    ['Sat, 28 Nov 2026 11:00:00 GMT', 0],
    ['soon', null],
  ])('%s is %s ms', (header, expected) => expect(parseRetryAfter(header, now)).toBe(expected));
});
