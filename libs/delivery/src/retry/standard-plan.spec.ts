import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastAttemptOf } from './standard-plan.js';

describe('the last attempt a delivery gets', () => {
  it.each([
    ['first of three', 1, 0, 3, 3],
    ['last of three', 3, 2, 3, 3],
    ['after an interrupted one, which did not count against the budget', 2, 0, 3, 4],
    ['first after a redelivery: the budget starts from zero', 4, 0, 3, 6],
    ['a plan that was shortened since', 3, 2, 1, 3],
  ])('%s', (_, attempt, counted, maxAttempts, expected) => {
    expect(lastAttemptOf(attempt, counted, maxAttempts)).toBe(expected);
  });

  it('is never before the current one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.nat(100),
        fc.integer({ min: 1, max: 10 }),
        (attempt, counted, maxAttempts) => lastAttemptOf(attempt, counted, maxAttempts) >= attempt,
      ),
    );
  });
});
