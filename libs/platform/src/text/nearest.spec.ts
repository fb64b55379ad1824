import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from './edit-distance.js';
import { nearest } from './nearest.js';

const word = fc.string({ maxLength: 12 });

describe('the edit distance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['timout', 'timeout', 1],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

  it('is a metric', () =>
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    ));

  it('is at most one after one deletion', () =>
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), (text, at) => {
        const index = at % text.length;
        expect(editDistance(text, text.slice(0, index) + text.slice(index + 1))).toBe(1);
      }),
    ));
});

describe('the nearest word', () => {
  it('ignores case', () =>
    expect(nearest('RATELIMITPERSECOND', ['retry', 'rateLimitPerSecond'])).toBe('rateLimitPerSecond'));
  it('is none of none', () => expect(nearest('x', [])).toBeUndefined());
  it('takes no time for a huge word', () => expect(nearest('x'.repeat(1_000_000), ['url'])).toBe('url'));
});
