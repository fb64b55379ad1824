import { describe, expect, it } from 'vitest';
import { breakerThen } from './breaker-then.js';

const at = (second: number): Date => new Date(second * 1000);
const changes = [
  { at: at(10), fromState: 'closed', toState: 'open' },
  { at: at(20), fromState: 'open', toState: 'half_open' },
];

describe('the state of a breaker at a time', () => {
  it.each([
    ['before its first known change', 9, 'closed'],
    ['at a change', 10, 'open'],
    ['between two', 19, 'open'],
    ['after the last', 30, 'half_open'],
  ])('%s', (_, second, expected) => expect(breakerThen(changes, at(second))).toBe(expected));

  it('is null where no change is known', () => expect(breakerThen([], at(1))).toBeNull());
});
