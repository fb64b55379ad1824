import { describe, expect, it } from 'vitest';
import { WakeUpLine } from './wake-up-line.js';

/** Work that ends when it is told to. */
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

describe('the line of a process', () => {
  it('begins as much at once as fits, and the rest in its turn', async () => {
    const line = new WakeUpLine(2, () => 0);
    const works = [held(), held(), held(), held()];
    const entered = works.map(({ work }) => line.enter(work));
    await Promise.all(entered.slice(0, 2));
    expect(works.map(({ begun }) => begun())).toEqual([true, true, false, false]);
    works[1]!.end();
    await entered[2];
    expect(works.map(({ begun }) => begun())).toEqual([true, true, true, false]);
    for (const { end } of works) end();
    await line.drained();
    expect(works.every(({ begun }) => begun())).toBe(true);
  });

  it('says how much room it has, those that wait taken off', () => {
    const line = new WakeUpLine(2, () => 0);
    expect(line.room).toBe(2);
    void line.enter(held().work);
    expect(line.room).toBe(1);
    void line.enter(held().work);
    void line.enter(held().work);
    expect(line.room).toBe(0);
  });

  it('says how many are begun on and not done', async () => {
    const line = new WakeUpLine(2, () => 0);
    const works = [held(), held(), held()];
    for (const { work } of works) void line.enter(work);
    expect(line.inHand).toBe(2);
    for (const { end } of works) end();
    await line.drained();
    expect(line.inHand).toBe(0);
  });

  it('is behind once somebody waits for more than 100 ms', () => {
    let nowMs = 0;
    const line = new WakeUpLine(1, () => nowMs);
    void line.enter(held().work);
    nowMs = 1_000;
    expect(line.isBehind).toBe(false);
    void line.enter(held().work);
    nowMs = 1_100;
    expect(line.isBehind).toBe(false);
    nowMs = 1_101;
    expect(line.isBehind).toBe(true);
  });

  it('is drained when all is done, also what waited', async () => {
    const line = new WakeUpLine(1, () => 0);
    const [first, second] = [held(), held()];
    void line.enter(first.work);
    void line.enter(second.work);
    let drained = false;
    const draining = line.drained().then(() => (drained = true));
    first.end();
    await Promise.resolve();
    expect(drained).toBe(false);
    second.end();
    await draining;
    await line.drained();
  });
});
