import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { MicroBatcher } from './micro-batcher.js';

const limits = { maxRows: 3, maxInFlight: 1 };

describe('a micro-batcher', () => {
  it('flushes rows of one turn together, up to its size', async () => {
    const batches: number[][] = [];
    const batcher = new MicroBatcher<number, number>(async (rows) => {
      batches.push(rows);
      return rows.map((row) => row * 10);
    }, limits);
    expect(await Promise.all([1, 2, 3, 4].map((row) => batcher.add(row)))).toEqual([10, 20, 30, 40]);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('with a gathering time lets the first row wait for others, but no full batch', async () => {
    const batches: number[][] = [];
    const batcher = new MicroBatcher<number, void>(
      async (rows) => {
        batches.push(rows);
        return rows.map(() => undefined);
      },
      { ...limits, gatherMs: 60_000 },
    );
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    void batcher.add(1);
    await turn();
    void batcher.add(2);
    await turn();
    expect(batches).toEqual([]);
    await batcher.add(3);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('with a gathering time flushes what has come when the time is over', async () => {
    const batches: number[][] = [];
    const batcher = new MicroBatcher<number, void>(
      async (rows) => {
        batches.push(rows);
        return rows.map(() => undefined);
      },
      { ...limits, gatherMs: 1 },
    );
    for (const row of [1, 2, 3, 4]) void batcher.add(row);
    await batcher.drained();
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('fails only the bad row of a batch', async () => {
    const batcher = new MicroBatcher<number, number>(async (rows) => {
      if (rows.includes(2)) throw new Error('two');
      return rows;
    }, limits);
    const results = await Promise.allSettled([1, 2, 3].map((row) => batcher.add(row)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails the whole batch at once when the store is unavailable', async () => {
    let flushes = 0;
    const batcher = new MicroBatcher<number, number>(
      async () => {
        flushes++;
        throw new Error('away');
      },
      limits,
      { mayRetryRows: () => false },
    );
    const results = await Promise.allSettled([1, 2, 3].map((row) => batcher.add(row)));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(flushes).toBe(1);
  });

  it('is drained when every row has its result', async () => {
    let done = 0;
    const batcher = new MicroBatcher<number, void>(async (rows) => {
      await new Promise((resolve) => setImmediate(resolve));
      return rows.map(() => void done++);
    }, limits);
    await batcher.drained();
    for (let row = 0; row < 10; row++) void batcher.add(row);
    await batcher.drained();
    expect(done).toBe(10);
  });

  it('gives each row its own result, whatever the limits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        async (rows, maxRows, maxInFlight) => {
          const batcher = new MicroBatcher<number, string>(async (batch) => batch.map(String), {
            maxRows,
            maxInFlight,
          });
          expect(await Promise.all(rows.map((row) => batcher.add(row)))).toEqual(rows.map(String));
        },
      ),
    );
  });
});

describe('a micro-batcher whose flush hangs', () => {
  const tooLate = (limitMs: number): Error => new Error(`late after ${limitMs} ms`);
  const setUpHanging = (withinMs = 30) => {
    const flushes: { rows: number[]; answer: PromiseWithResolvers<number[]> }[] = [];
    const batcher = new MicroBatcher<number, number>(
      (rows) => {
        const answer = Promise.withResolvers<number[]>();
        flushes.push({ rows, answer });
        return answer.promise;
      },
      { maxRows: 2, maxInFlight: 1, withinMs },
      { tooLate },
    );
    return { batcher, flushes };
  };

  it('fails its rows in time, and its place is free for the next flush', async () => {
    const { batcher, flushes } = setUpHanging();
    const [one, two] = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
    expect([one, two]).toMatchObject([
      { reason: new Error('late after 30 ms') },
      { reason: new Error('late after 30 ms') },
    ]);
    const next = batcher.add(3);
    await eventually(() => flushes.length === 2);
    flushes[1]!.answer.resolve([30]);
    expect(await next).toBe(30);
    await batcher.drained();
  });

  it('frees a place before that, but not for more flushes than there are places', async () => {
    const { batcher, flushes } = setUpHanging(2_000);
    const lost = [1, 2, 3, 4].map((row) => batcher.add(row));
    await eventually(() => flushes.length === 2);
    const next = batcher.add(5);
    expect(flushes.map(({ rows }) => rows)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    flushes[1]!.answer.resolve([30, 40]);
    await eventually(() => flushes.length === 3);
    flushes[2]!.answer.resolve([50]);
    expect(await next).toBe(50);
    const results = await Promise.allSettled(lost);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
    await batcher.drained();
  });

  it('never flushes a row that failed before it had a place', async () => {
    const { batcher, flushes } = setUpHanging();
    // On a slow machine a flush may end, and give its place to row 5, a moment before row 5 is late.
    const flushedBefore: Record<number, boolean> = {};
    const isFlushed = (row: number): boolean => flushes.some((flush) => flush.rows.includes(row));
    const rows = [1, 2, 3, 4, 5].map((row) =>
      batcher.add(row).catch((error: unknown) => {
        flushedBefore[row] = isFlushed(row);
        throw error;
      }),
    );
    const results = await Promise.allSettled(rows);
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    await batcher.drained();
    const next = batcher.add(6);
    await eventually(() => flushes.some((flush) => flush.rows.includes(6)));
    flushes.find((flush) => flush.rows.includes(6))!.answer.resolve([60]);
    expect(await next).toBe(60);
    expect(flushedBefore).toEqual({ 1: true, 2: true, 3: true, 4: true, 5: isFlushed(5) });
  });

  it('retries no row alone that nobody waits for any more', async () => {
    const { batcher, flushes } = setUpHanging();
    await Promise.allSettled([batcher.add(1), batcher.add(2)]);
    flushes[0]!.answer.reject(new Error('a bad row'));
    const next = batcher.add(3);
    await eventually(() => flushes.length === 2);
    flushes[1]!.answer.resolve([30]);
    await next;
    expect(flushes.map(({ rows }) => rows)).toEqual([[1, 2], [3]]);
  });

  it('gives each row its own time, however long the first has waited', async () => {
    const { batcher, flushes } = setUpHanging(1_000);
    const halfWay = performance.now() + 500;
    const first = batcher.add(1);
    await eventually(() => performance.now() > halfWay);
    const second = batcher.add(2);
    await expect(first).rejects.toThrow('late');
    await eventually(() => flushes.length === 2);
    flushes[1]!.answer.resolve([20]);
    expect(await second).toBe(20);
  });
});
