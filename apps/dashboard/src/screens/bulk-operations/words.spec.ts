import { describe, expect, it } from 'vitest';
import { countOf, termsOf, wordsOf } from './words.js';

describe('the words of a bulk operation', () => {
  it('count what it is about', () => {
    expect(countOf({ kind: 'redeliver', planned: 1 })).toBe('1 dead letter');
    expect(countOf({ kind: 'cancel', planned: 2 })).toBe('2 deliveries');
    expect(countOf({ kind: 'new_kind', planned: 2 })).toBe('2 items');
  });
  it('a kind that is not known has plain ones', () => expect(wordsOf('new_kind').verb).toBe('Run'));
  it('name what its filter takes', () => {
    const filter = {
      appId: 'shop',
      types: ['a.b', 'c'],
      reason: 'exhausted',
      errorClass: 'network',
      category: null,
      odd: 1,
    };
    expect(termsOf(filter)).toEqual([
      { name: 'App', value: 'shop' },
      { name: 'Types', value: 'a.b, c' },
      { name: 'Reason', value: 'all attempts failed' },
      { name: 'Error class', value: 'network' },
      { name: 'odd', value: '1' },
    ]);
    expect(termsOf({ reason: 'new_one' })).toEqual([{ name: 'Reason', value: 'new_one' }]);
  });
});
