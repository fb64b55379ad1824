import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pick } from './pick.js';

describe('a pick', () => {
  it('is null for an empty list', () => expect(pick([], 0.5)).toBeNull());

  it('gives each item the same share of [0, 1)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (size) => {
        const items = Array.from({ length: size }, (_, index) => index);
        const counts = new Map<number, number>();
        const steps = size * 20;
        for (let step = 0; step < steps; step++) {
          const item = pick(items, (step + 0.5) / steps)!;
          counts.set(item, (counts.get(item) ?? 0) + 1);
        }
        expect([...counts.values()]).toEqual(Array(size).fill(20));
      }),
    );
  });

  it('is the last item just below 1', () => expect(pick(['a', 'b'], 1 - Number.EPSILON)).toBe('b'));
});
