import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeasedPoints, leaseSize, pointsGiven, type Lease } from './leased-points.js';

const WINDOW_MS = 60_000;

/** Several processes that share one counter of `limit` points per window, all with one clock. */
function setUp({ limit = 100, processes = 1, maxKeys = 10 } = {}) {
  const clock = { ms: 0 };
  const counters = new Map<string, { points: number; endsAtMs: number }>();
  const asked: string[] = [];
  const size = leaseSize(limit);
  const lease = async (key: string): Promise<Lease> => {
    asked.push(key);
    const known = counters.get(key);
    const counter =
      known && clock.ms < known.endsAtMs ? known : { points: 0, endsAtMs: clock.ms + WINDOW_MS };
    counter.points += size;
    counters.set(key, counter);
    return { points: pointsGiven(limit, size, counter.points), endsInMs: counter.endsAtMs - clock.ms };
  };
  const nodes = Array.from({ length: processes }, () => new LeasedPoints(lease, () => clock.ms, maxKeys));
  return { clock, asked, nodes, node: nodes[0]!, size };
}

const spendMany = (node: LeasedPoints, count: number, key = 'k') =>
  Promise.all(Array.from({ length: count }, () => node.spend(key)));
const passed = (spent: unknown[]): number => spent.filter((one) => one === null).length;

describe('the size of a lease', () => {
  it.each([
    [1, 1],
    [19, 1],
    [39, 1],
    [40, 2],
    [60_000, 3000],
  ])('of a limit of %i is %i', (limit, size) => expect(leaseSize(limit)).toBe(size));
});

describe('a counter', () => {
  it.each([
    ['gives the requested points while there are enough', 100, 5, 5, 5],
    ['gives the last ones', 100, 5, 100, 5],
    ['gives the rest when fewer are left', 7, 5, 10, 2],
    ['gives nothing beyond the limit', 100, 5, 105, 0],
    ['gives nothing far beyond it', 100, 5, 9000, 0],
  ])('%s', (_, limit, asked, counted, given) => expect(pointsGiven(limit, asked, counted)).toBe(given));
});

describe('leased points', () => {
  it('let exactly the limit pass, and refuse until the window ends', async () => {
    const { node, clock } = setUp({ limit: 57 });
    const spent = await spendMany(node, 80);
    expect(passed(spent)).toBe(57);
    clock.ms = 59_000;
    expect(await node.spend('k')).toEqual({ refusedForMs: 1000 });
    clock.ms = WINDOW_MS;
    expect(await node.spend('k')).toBeNull();
  });

  it('need one query per lease and none per request, before and after the limit', async () => {
    const { node, asked } = setUp({ limit: 1000 });
    await spendMany(node, 5000);
    expect(asked).toHaveLength(21);
  });

  it('are requested once by all who need them at the same time', async () => {
    const { node, asked, size } = setUp({ limit: 1000 });
    await spendMany(node, size);
    expect(asked).toHaveLength(1);
  });

  it('expire with their window', async () => {
    const { node, clock, asked } = setUp({ limit: 1000 });
    await node.spend('k');
    clock.ms = WINDOW_MS;
    await node.spend('k');
    expect(asked).toHaveLength(2);
  });

  it('of an answer that comes after its window are not used', async () => {
    const clock = { ms: 0 };
    const given: number[] = [];
    const node = new LeasedPoints(
      async () => {
        clock.ms += given.length === 0 ? 100 : 0;
        given.push(clock.ms);
        return { points: 1, endsInMs: 100 };
      },
      () => clock.ms,
    );
    expect(await node.spend('k')).toBeNull();
    expect(given).toHaveLength(2);
  });

  it('are counted for each key separately', async () => {
    const { node } = setUp({ limit: 3 });
    expect(passed(await spendMany(node, 5, 'a'))).toBe(3);
    expect(passed(await spendMany(node, 5, 'b'))).toBe(3);
  });

  it('are held for a limited number of keys', async () => {
    const { node, asked } = setUp({ limit: 1000, maxKeys: 2 });
    for (const key of ['a', 'b', 'c', 'c', 'a']) await node.spend(key);
    expect(node.size).toBe(2);
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
  });

  it('never let more pass than the limit over any processes and windows, and waste few points', async () => {
    const step = fc.record({
      process: fc.nat(3),
      count: fc.nat(40),
      waitMs: fc.constantFrom(0, 0, 0, 1000, WINDOW_MS),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { maxLength: 30 }),
        async (limit, processes, steps) => {
          const { nodes, clock, size } = setUp({ limit, processes });
          let window = { endsAtMs: 0, passed: 0, refused: 0 };
          const check = (): void => {
            expect(window.passed).toBeLessThanOrEqual(limit);
            // Requests were refused: the missing points are held by other processes.
            if (window.refused > 0) {
              expect(window.passed).toBeGreaterThanOrEqual(limit - processes * size);
            }
          };
          for (const { process, count, waitMs } of steps) {
            clock.ms += waitMs;
            if (clock.ms >= window.endsAtMs && count > 0) {
              check();
              window = { endsAtMs: clock.ms + WINDOW_MS, passed: 0, refused: 0 };
            }
            const spent = await spendMany(nodes[process % processes]!, count);
            window.passed += passed(spent);
            window.refused += count - passed(spent);
          }
          check();
        },
      ),
    );
  });
});
