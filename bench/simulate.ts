import { highestRate, simulate, type Cell, type Costs } from './cell.js';
import type { Result } from './rounds.js';

const LIMIT_MS = 500;
const SLOTS = 200;

/**
 * ms of CPU, fitted to the results of `cost` at 200 and 600 deliveries of 1 KiB a second on 2 shared cores: at the
 * lower rate a statement has one row, at the higher one four. docs/guides/scaling.md compares the two.
 */
export const MEASURED: Costs = {
  api: { first: 1.1, row: 0.27 },
  worker: { first: 1.75, row: 0.27 },
  redis: { first: 0.57, row: 0.02 },
  accept: { first: 0.8, row: 0.1 },
  claim: { first: 0.8, row: 0.15 },
  finish: { first: 0.8, row: 0.15 },
  others: 0.3,
  commitMs: 1,
};

/** The capacity of installations of other sizes with the costs measured here, and their first bottleneck. */
export function benchSimulate(): Result {
  const here = { apis: 1, slots: 50, postgresCores: 2, appMs: 0, sharedCores: 2 };
  const backlogs = [1, 2, 3].map((workers) => {
    const run = simulate({ ...here, workers }, MEASURED, { perSecond: null, seconds: 4, seed: 1 });
    const perSecond = Math.round(run.perSecond);
    return { what: 'a backlog, on two cores in all', workers, 'per second': perSecond };
  });
  const costs = [200, 600].map((perSecond) => {
    const { busy } = simulate({ ...here, workers: 1 }, MEASURED, { perSecond, seconds: 20, seed: 1 });
    const each = (share: number, cores = 1): number =>
      Number(((share * cores * 1000) / perSecond).toFixed(2));
    return {
      what: 'cpu ms per delivery, on two cores in all',
      workers: 1,
      'per second': perSecond,
      api: each(busy.api),
      worker: each(busy.worker),
      redis: each(busy.redis),
      postgres: each(busy.postgres, here.sharedCores),
    };
  });
  const held = highestRate({ ...here, workers: 1 }, MEASURED, LIMIT_MS);
  const sizes = [
    { workers: 1, postgresCores: 2 },
    { workers: 2, postgresCores: 4 },
    { workers: 4, postgresCores: 4 },
    { workers: 4, postgresCores: 8 },
    { workers: 8, postgresCores: 8 },
    { workers: 8, postgresCores: 8, eager: true },
    { workers: 16, postgresCores: 16 },
    { workers: 32, postgresCores: 32 },
  ];
  return {
    rows: [
      ...backlogs,
      ...costs,
      { what: 'accepted to sent, on two cores in all', workers: 1, 'per second': held },
      ...sizes.map((size) => {
        const cell: Cell = { ...size, apis: size.workers, slots: SLOTS, appMs: 50 };
        const perSecond = highestRate(cell, MEASURED, LIMIT_MS);
        const { p95Ms, busy } = simulate(cell, MEASURED, { perSecond, seconds: 4, seed: 2 });
        return {
          what: 'accepted to sent, a core for each process',
          apis: size.workers,
          ...size,
          'per second': perSecond,
          p95Ms: Math.round(p95Ms),
          ...percent(busy),
        };
      }),
    ],
  };
}

/** Of each kind's own cores, in per cent. */
function percent(busy: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(busy).map(([name, share]) => [`${name} %`, Math.round(share * 100)]),
  );
}
