import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slots } from './slots.js';

/** Work that ends when the test says so. */
function held(): { work: () => Promise<void>; end: () => void; begun: () => boolean } {
  let isBegun = false;
  let end = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = (): Promise<void> => {
    isBegun = true;
    return done;
  };
  return { work, end, begun: () => isBegun };
}

describe('slots', () => {
  it('start as much work at once as fits, and the rest in order', async () => {
    const slots = new Slots(2, () => 0);
    const works = [held(), held(), held(), held()];
    const beginnings = works.map(({ work }) => slots.begin(work));
    await Promise.all(beginnings.slice(0, 2));
    expect(works.map(({ begun }) => begun())).toEqual([true, true, false, false]);
    works[1]!.end();
    await beginnings[2];
    expect(works.map(({ begun }) => begun())).toEqual([true, true, true, false]);
    for (const { end } of works) end();
    await slots.drained();
    expect(works.every(({ begun }) => begun())).toBe(true);
  });

  it('report how much more would start, less what waits', () => {
    const slots = new Slots(2, () => 0);
    expect(slots.free).toBe(2);
    void slots.begin(held().work);
    expect(slots.free).toBe(1);
    void slots.begin(held().work);
    void slots.begin(held().work);
    expect(slots.free).toBe(0);
  });

  it('report how much work has started and not ended', async () => {
    const slots = new Slots(2, () => 0);
    const works = [held(), held(), held()];
    for (const { work } of works) void slots.begin(work);
    expect(slots.inHand).toBe(2);
    for (const { end } of works) end();
    await slots.drained();
    expect(slots.inHand).toBe(0);
  });

  it('are behind once work waits for more than 100 ms', () => {
    let nowMs = 0;
    const slots = new Slots(1, () => nowMs);
    void slots.begin(held().work);
    nowMs = 1_000;
    expect(slots.isBehind).toBe(false);
    void slots.begin(held().work);
    nowMs = 1_100;
    expect(slots.isBehind).toBe(false);
    nowMs = 1_101;
    expect(slots.isBehind).toBe(true);
  });

  it('are drained when all work has ended, including what waited', async () => {
    const slots = new Slots(1, () => 0);
    const [first, second] = [held(), held()];
    void slots.begin(first.work);
    void slots.begin(second.work);
    let drained = false;
    const draining = slots.drained().then(() => (drained = true));
    first.end();
    await Promise.resolve();
    expect(drained).toBe(false);
    second.end();
    await draining;
    await slots.drained();
  });

  it('never run more work than their number, and run all of it in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.boolean(), { maxLength: 30 }),
        async (size, works) => {
          const slots = new Slots(size);
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
