import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternProblem } from './pattern-rule.js';

describe('a pattern of a schema', () => {
  it.each([
    '^',
    '^$',
    '^[A-Z]{3}$',
    '^o-\\d+$',
    '^[a-z0-9-]*$',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '^[^\\s@]{1,16}@example\\.com$',
    '^\\$$',
    '^.{2,}',
    '^é?ü?$',
  ])('is allowed: %s', (pattern) => expect(patternProblem(pattern)).toBeNull());

  it.each([
    ['has a nested quantifier', '^(a+)+$', /groups/],
    ['has alternatives', '^a|b$', /enum/],
    ['is not anchored', 'a+b', /begins with \^/],
    ['has lookahead', '^(?=a)a$', /groups/],
    ['has a back reference', '^(a)\\1$', /groups/],
    ['has a lazy quantifier', '^a+?$', /begins with/],
    ['repeats without limit before its end', '^a+b$', /only at the end/],
    ['repeats without limit twice', '^\\d*\\d*$', /only at the end/],
    ['has a quantifier with a lower limit only before its end', '^a{2,}b$', /only at the end/],
    ['allows many combinations of lengths', '^a{0,4}b{0,4}$', /16 combinations of lengths, these allow 25/],
    ['repeats too much', '^a{999}b{2}$', /add up/],
    ['is too long', `^${'a'.repeat(200)}`, /200 characters/],
    ['has a class that ends before it begins', '^[z-a]$', /out of order/],
    ['has limits in the wrong order', '^a{3,2}$', /out of order/],
    ['has an open class', '^[a', /begins with/],
    ['ends with a backslash', '^a\\', /begins with/],
  ])('is refused if it %s: %s', (_, pattern, sentence) => expect(patternProblem(pattern)).toMatch(sentence));

  it('never makes an error, and an allowed one compares with any text', () => {
    const parts = fc.constantFrom(
      '^',
      '$',
      'a',
      '.',
      '\\d',
      '\\',
      '[',
      ']',
      '[a-z]',
      '+',
      '*',
      '?',
      '{',
      '{2}',
      '{1,3}',
      '}',
      '(',
      ')',
      '|',
      '-',
      'é',
      '😀',
    );
    const patterns = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(parts, { maxLength: 12 }).map((some) => `^${some.join('')}`),
    );
    fc.assert(
      fc.property(patterns, fc.string({ unit: 'binary' }), (pattern, text) => {
        if (patternProblem(pattern) === null) new RegExp(pattern, 'u').test(text);
      }),
    );
  });
});
