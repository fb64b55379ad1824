import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppId } from './app-id.js';
import { isCapabilityName } from './capability-name.js';
import { defaultFallback } from './fallback-strategies.js';
import { HEADERS_SCHEMA } from './header-limits.js';
import { headerProblems, REFUSED_HEADERS } from '@breakwater/webhook-client';
import { editDistance } from '@breakwater/platform';
import { nearest } from './nearest.js';
import { cut, readable } from './readable.js';

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

describe('a value shown to people', () => {
  it.each([
    ['text as it is', 'abc', 'abc'],
    ['a number as it is', 7, 7],
    ['null as it is', null, null],
    ['Infinity as text', Infinity, 'Infinity'],
    ['an object by its kind', { secret: 1 }, 'object'],
    ['a list by its length', [1, 2], 'array of 2'],
    ['no password of a URL', 'https://u:p@host/x@y', 'https://***@host/x@y'],
  ])('is %s', (_, value, shown) => expect(readable(value)).toBe(shown));

  it('is cut between characters', () => expect(cut('🚀'.repeat(121))).toBe(`${'🚀'.repeat(120)}…`));
  it('is whole at 120 characters', () => expect(cut('🚀'.repeat(120))).toBe('🚀'.repeat(120)));
});

describe('names', () => {
  it.each(['a', 'quiz_answer', 'a'.repeat(100)])('%s is a capability', (name) =>
    expect(isCapabilityName(name)).toBe(true),
  );
  it.each(['', '_a', '1a', 'A', 'a-b', 'a\n', 'constructor', 'prototype', '__proto__', 'a'.repeat(101)])(
    '%j is no capability',
    (name) => expect(isCapabilityName(name)).toBe(false),
  );
  it.each(['a', 'A.b_c-1', '0', 'a'.repeat(255)])('%s is an app id', (id) => expect(isAppId(id)).toBe(true));
  it.each(['', '.', '../x', 'a/b', 'a b', 'a\u0000', 'a\n', 'é', 'a'.repeat(256)])('%j is no app id', (id) =>
    expect(isAppId(id)).toBe(false),
  );
  it.each([
    ['winner_selection', 'random_winner'],
    ['participant_registration', 'pending_approval'],
    ['quiz_answer', 'none'],
  ])('%s falls back to %s', (capability, strategy) =>
    expect(defaultFallback(capability)).toEqual({ strategy }),
  );
});

describe('headers the schema refuses', () => {
  const pattern = new RegExp(HEADERS_SCHEMA.propertyNames.not.pattern, 'u');
  const examples = REFUSED_HEADERS.map((name) => name.replace('*', 'anything'));

  it.each(examples)('%s is refused by the webhook client too', (name) => {
    expect(headerProblems({ [name]: 'x' })).toHaveLength(1);
    expect(pattern.test(name)).toBe(true);
    expect(pattern.test(name.toUpperCase())).toBe(true);
  });

  it.each(['x-api-key', 'authorization', 'accept', 'contents', 'x-hosts'])(
    '%s is refused by neither',
    (name) => {
      expect(headerProblems({ [name]: 'x' })).toEqual([]);
      expect(pattern.test(name)).toBe(false);
    },
  );
});
