import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highestRate, simulate, type Cell, type Costs } from './cell.js';
import { MEASURED } from './simulate.js';
import { Batches, Machine, Process, Simulation } from './simulation.js';

describe('a simulation', () => {
  it('runs events in the order of their times, and of their planning where these are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }), (delays) => {
        const simulation = new Simulation();
        const happened: { atMs: number; n: number }[] = [];
        delays.forEach((ms, n) => simulation.after(ms, () => happened.push({ atMs: simulation.nowMs, n })));
        simulation.runUntil(100);
        const planned = delays.map((atMs, n) => ({ atMs, n }));
        expect(happened).toEqual(planned.toSorted((a, b) => a.atMs - b.atMs || a.n - b.n));
      }),
    );
  });

  it.each([
    { cores: 1, threads: 8, endsAtMs: [5, 10, 15, 20] },
    { cores: 2, threads: 8, endsAtMs: [5, 5, 10, 10] },
    { cores: 8, threads: 8, endsAtMs: [5, 5, 5, 5] },
    { cores: 8, threads: 1, endsAtMs: [5, 10, 15, 20] },
  ])('runs work on $cores cores in $threads threads', ({ cores, threads, endsAtMs }) => {
    const simulation = new Simulation();
    const process = new Process(new Machine(simulation, cores), threads);
    const ended: number[] = [];
    for (let n = 0; n < 4; n++) process.run(5, () => ended.push(simulation.nowMs));
    simulation.runUntil(100);
    expect(ended).toEqual(endsAtMs);
    expect(process.cpuMs).toBe(20);
  });

  it('gathers rows behind the batch in progress', () => {
    const simulation = new Simulation();
    const sizes: number[] = [];
    const batches = new Batches<number>(3, (rows, then) => {
      sizes.push(rows.length);
      simulation.after(10, then);
    });
    for (let n = 0; n < 5; n++) batches.add(n);
    simulation.runUntil(100);
    expect(sizes).toEqual([1, 3, 1]);
  });
});

const nothing = { first: 0, row: 0 };
const free: Costs = {
  api: nothing,
  worker: nothing,
  redis: nothing,
  accept: nothing,
  claim: nothing,
  finish: nothing,
  others: 0,
  commitMs: 0,
};
const cell: Cell = { apis: 1, workers: 1, slots: 50, postgresCores: 4, appMs: 0 };
const backlog = { perSecond: null, seconds: 4, seed: 1 };

describe('a simulated installation', () => {
  it('keeps the rate at which calls come', () => {
    const simulated = simulate(
      cell,
      { ...free, worker: { first: 0, row: 1 } },
      {
        ...backlog,
        perSecond: 500,
        seconds: 40,
      },
    );
    expect(simulated.perSecond).toBeGreaterThan(480);
    expect(simulated.perSecond).toBeLessThan(520);
    expect(simulated.busy.worker).toBeGreaterThan(0.48);
    expect(simulated.busy.worker).toBeLessThan(0.52);
  });

  // M/D/1 by hand: at three quarters of one core's capacity the wait is longer than half of the work, and finite.
  it.each([
    { perSecond: 100, p95Ms: [1, 2] },
    { perSecond: 750, p95Ms: [3, 9] },
  ])('waits longer the busier it is: $perSecond/s of 1 ms', ({ perSecond, p95Ms }) => {
    const simulated = simulate(
      cell,
      { ...free, worker: { first: 0, row: 1 } },
      {
        ...backlog,
        perSecond,
        seconds: 40,
      },
    );
    expect(simulated.p95Ms).toBeGreaterThanOrEqual(p95Ms[0]!);
    expect(simulated.p95Ms).toBeLessThan(p95Ms[1]!);
  });

  it.each([
    ['one worker, by its core', cell, { worker: { first: 0, row: 0.5 } }, 2_000],
    ['four workers, by theirs', { ...cell, workers: 4 }, { worker: { first: 0, row: 0.5 } }, 8_000],
    [
      'many workers, by the cores of PostgreSQL',
      { ...cell, workers: 32, postgresCores: 2 },
      { claim: { first: 0, row: 0.2 }, finish: { first: 0, row: 0.2 } },
      5_000,
    ],
    [
      'everything on two cores, by these',
      { ...cell, workers: 4, sharedCores: 2 },
      { worker: { first: 0, row: 0.5 }, claim: { first: 0, row: 0.3 }, others: 0.2 },
      2_000,
    ],
    ["slots, by an app's response time", { ...cell, slots: 20, appMs: 100 }, {}, 200],
  ])('a backlog is processed by %s', (_, shape, costs, perSecond) => {
    const simulated = simulate(shape, { ...free, ...costs }, backlog);
    expect(simulated.perSecond / perSecond).toBeGreaterThan(0.95);
    expect(simulated.perSecond / perSecond).toBeLessThan(1.05);
  });

  it('pays the first row of a statement less often the more rows share it', () => {
    const costs = { ...free, claim: { first: 1, row: 0.1 }, finish: { first: 1, row: 0.1 } };
    const alone = simulate({ ...cell, slots: 1 }, costs, backlog).perSecond;
    const together = simulate({ ...cell, slots: 100 }, costs, backlog).perSecond;
    expect(together).toBeGreaterThan(4 * alone);
  });

  it('queries Redis no more often than it answers, however many apis there are', () => {
    const many = { ...cell, apis: 8, workers: 8, slots: 200, postgresCores: 16 };
    const costs = { ...MEASURED, commitMs: 0 };
    const gathered = highestRate(many, costs, 500);
    expect(gathered).toBeGreaterThan(3 * highestRate({ ...many, eager: true }, costs, 500));
  });

  it('finds the highest rate without a growing backlog', () => {
    const rate = highestRate(cell, { ...free, worker: { first: 0, row: 1 } }, 500);
    expect(rate).toBeGreaterThan(850);
    expect(rate).toBeLessThanOrEqual(1_000);
  });
});
