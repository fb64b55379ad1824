import type { RetrySetting } from '@breakwater/manifest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRetries, retryDelayMs, type RetryPlan } from './retry-plan.js';

const standard = { maxAttempts: 3, initialDelayMs: 1000, multiplier: 2, maxDelayMs: 30_000, jitter: 0.2 };
const delays = (plan: RetryPlan, classDelayMs: number, random: number): number[] =>
  Array.from({ length: plan.maxAttempts - 1 }, (_, index) =>
    Math.round(retryDelayMs(plan, index + 1, classDelayMs, random)),
  );

describe('a retry plan', () => {
  it.each<[string, RetrySetting | null, number[]]>([
    ['standard', null, [1000, 2000]],
    ['forward', { profile: 'forward' }, [2000, 4000]],
    ['endpoint', { profile: 'endpoint' }, [2000, 4000, 8000, 16_000]],
    [
      'endpoint with 10 attempts stops growing at its cap',
      { profile: 'endpoint', maxAttempts: 8 },
      [2000, 4000, 8000, 16_000, 32_000, 54_000, 54_000],
    ],
    ['patient, by the class of the error', { profile: 'patient' }, [5000, 10_000, 20_000, 40_000, 80_000]],
    ['a schedule', { schedule: [5000, 300_000] }, [5000, 300_000]],
    ['a schedule cut by maxAttempts', { schedule: [5000, 300_000], maxAttempts: 2 }, [5000]],
    [
      'own values override the profile',
      { initialDelayMs: 50, multiplier: 3, maxAttempts: 4 },
      [50, 150, 450],
    ],
  ])('%s', (_, setting, expected) => {
    expect(delays(planRetries(setting, standard), 5000, 0.5)).toEqual(expected);
  });

  it('without jitter is exact', () => {
    const plan = planRetries({ jitter: 0 }, standard);
    expect(retryDelayMs(plan, 1, 0, 0)).toBe(1000);
    expect(retryDelayMs(plan, 1, 0, 0.999)).toBe(1000);
  });

  it('needs at least one attempt made', () => {
    expect(() => retryDelayMs(planRetries(null, standard), 0, 0, 0)).toThrow(RangeError);
  });

  it('stays within its jitter and never beyond its cap', () => {
    fc.assert(
      fc.property(
        fc.record({
          initialDelayMs: fc.integer({ min: 0, max: 100_000 }),
          multiplier: fc.double({ min: 1, max: 10, noNaN: true }),
          maxDelayMs: fc.integer({ min: 0, max: 300_000 }),
          jitter: fc.double({ min: 0, max: 1, noNaN: true }),
          maxAttempts: fc.integer({ min: 1, max: 10 }),
        }),
        fc.integer({ min: 1, max: 10 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (own, attemptsMade, random) => {
          const plan = planRetries(null, own);
          const exact = Math.min(
            plan.maxDelayMs,
            plan.initialDelayMs * plan.multiplier ** (attemptsMade - 1),
          );
          const delayMs = retryDelayMs(plan, attemptsMade, 0, random);
          expect(delayMs).toBeGreaterThanOrEqual(exact * (1 - plan.jitter) - 1e-6);
          expect(delayMs).toBeLessThanOrEqual(Math.min(plan.maxDelayMs, exact * (1 + plan.jitter) + 1e-6));
        },
      ),
    );
  });

  it('never shrinks from attempt to attempt without jitter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 10_000 }),
        (attemptsMade, initialDelayMs) => {
          const plan = planRetries({ initialDelayMs, jitter: 0 }, standard);
          expect(retryDelayMs(plan, attemptsMade + 1, 0, 0)).toBeGreaterThanOrEqual(
            retryDelayMs(plan, attemptsMade, 0, 0),
          );
        },
      ),
    );
  });
});
