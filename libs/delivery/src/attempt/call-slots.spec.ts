import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallSlots } from './call-slots.js';

describe('call slots', () => {
  it('are never more than their number, and all work is done in its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.boolean(), { maxLength: 30 }),
        async (size, works) => {
          const slots = new CallSlots(size);
          const begun: number[] = [];
          let now = 0;
          let most = 0;
          const results = await Promise.allSettled(
            works.map((succeeds, index) =>
              slots.run(async () => {
                begun.push(index);
                most = Math.max(most, ++now);
                await new Promise((resolve) => setImmediate(resolve));
                now--;
                if (!succeeds) throw new Error('no');
                return index;
              }),
            ),
          );
          expect(most).toBe(Math.min(size, works.length));
          expect(begun).toEqual(works.map((_, index) => index));
          expect(results.map(({ status }) => status === 'fulfilled')).toEqual(works);
        },
      ),
      { numRuns: 50 },
    );
  });
});
