import { describe, expect, it } from 'vitest';
import { SingleRun } from './single-run.js';

const never = new AbortController().signal;

describe('a single run', () => {
  function gate(): {
    work: () => Promise<void>;
    open: () => void;
    runs: () => number;
    mostAtOnce: () => number;
  } {
    let [runs, active, most] = [0, 0, 0];
    const waiting: (() => void)[] = [];
    return {
      work: async () => {
        runs++;
        most = Math.max(most, ++active);
        await new Promise<void>((resolve) => waiting.push(resolve));
        active--;
      },
      open: () => waiting.shift()?.(),
      runs: () => runs,
      mostAtOnce: () => most,
    };
  }
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('serves all requests during a run with one more run', async () => {
    const { work, open, runs, mostAtOnce } = gate();
    const single = new SingleRun(work, never);
    const first = single.request();
    const others = [single.request(), single.request(), single.request()];
    open();
    await turn();
    expect(runs()).toBe(2);
    open();
    await Promise.all([first, ...others]);
    expect([runs(), mostAtOnce()]).toEqual([2, 1]);
  });

  it('can be requested again when it has ended', async () => {
    let runs = 0;
    const single = new SingleRun(() => Promise.resolve(void runs++), never);
    await single.request();
    await single.request();
    expect(runs).toBe(2);
  });

  it('stops after the run in progress', async () => {
    const { work, open, runs } = gate();
    const stop = new AbortController();
    const single = new SingleRun(work, stop.signal);
    const first = single.request();
    void single.request();
    stop.abort();
    open();
    await first;
    await single.request();
    expect(runs()).toBe(1);
  });
});
