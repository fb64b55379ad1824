import { Batches, Machine, Process, Simulation } from './simulation.js';
import { quantile } from './rounds.js';

/** CPU, ms: before the first row of a batch, and for each of its rows. */
export interface Cost {
  first: number;
  row: number;
}

/** What a delivery costs, by who pays. */
export interface Costs {
  /** From the request to the 202, by statement of acceptance. */
  api: Cost;
  /** From the wake-up to the result, by claim. */
  worker: Cost;
  redis: Cost;
  accept: Cost;
  claim: Cost;
  finish: Cost;
  /** Of the app and of whoever asks, where they share the machine. */
  others: number;
  /** What a commit waits for the disk, no CPU. */
  commitMs: number;
}

/** One installation. */
export interface Cell {
  apis: number;
  workers: number;
  /** Calls of a worker at once: `QUEUE_CONCURRENCY`. */
  slots: number;
  postgresCores: number;
  /** What an app takes to answer. */
  appMs: number;
  /** Apis that ask Redis at once for each statement of acceptance, whatever is under way: as it was, to compare. */
  eager?: boolean;
  /** All of it on one machine of so many cores; else each process has a core of its own, and PostgreSQL its machine. */
  sharedCores?: number;
}

export interface Simulated {
  /** Ended, over the time measured. */
  perSecond: number;
  /** Accepted to sent. */
  p95Ms: number;
  /** Share of what each has that was used: an api's or worker's core, Redis' thread, PostgreSQL's cores. */
  busy: Record<'api' | 'worker' | 'redis' | 'postgres', number>;
}

export interface Run {
  /** Arrivals, at random; null: as many wait as the workers can take, as in a backlog. */
  perSecond: number | null;
  seconds: number;
  seed: number;
}

/** As the platform's batches: BATCH_MAX_ROWS. */
const MAX_ROWS = 200;
const POSTGRES_CONNECTIONS = 200;
/** Not counted: the queues are filling. */
const WARM_UP_SHARE = 0.25;

interface Delivery {
  atMs: number;
}

interface Waker {
  free: number;
  claims: Batches<Delivery>;
}

/** Deliveries through one installation, from the request to the result, by the costs given. */
export function simulate(cell: Cell, costs: Costs, { perSecond, seconds, seed }: Run): Simulated {
  const simulation = new Simulation();
  const shared = cell.sharedCores === undefined ? null : new Machine(simulation, cell.sharedCores);
  const own = (threads: number): Process => new Process(shared ?? new Machine(simulation, threads), threads);
  const postgres = new Process(shared ?? new Machine(simulation, cell.postgresCores), POSTGRES_CONNECTIONS);
  const redis = own(1);
  const others = own(cell.sharedCores ?? 1_000);
  const apis = Array.from({ length: cell.apis }, () => own(1));
  const workers = Array.from({ length: cell.workers }, () => own(1));
  const random = randomOf(seed);
  const fromMs = seconds * 1000 * WARM_UP_SHARE;
  const sentAfterMs: number[] = [];
  let ended = 0;

  const statement = ({ first, row }: Cost, rows: number, then: () => void): void =>
    postgres.run(first + row * rows, () => simulation.after(costs.commitMs, then));

  const waiting: Delivery[] = [];
  const wakers: Waker[] = workers.map((worker) => {
    const finishes = new Batches<Delivery>(MAX_ROWS, (rows, next) =>
      statement(costs.finish, rows.length, () => {
        if (simulation.nowMs >= fromMs) ended += rows.length;
        next();
      }),
    );
    const claims = new Batches<Delivery>(MAX_ROWS, (rows, next) =>
      worker.run(costs.worker.first, () =>
        statement(costs.claim, rows.length, () => {
          for (const delivery of rows)
            worker.run(costs.worker.row, () => {
              if (delivery.atMs >= fromMs) sentAfterMs.push(simulation.nowMs - delivery.atMs);
              others.run(costs.others, () => simulation.after(cell.appMs, () => answered(delivery)));
            });
          next();
        }),
      ),
    );
    // A slot is free again with the answer; its result is written while the next call is out.
    const answered = (delivery: Delivery): void => {
      finishes.add(delivery);
      waker.free++;
      handOut();
    };
    const waker = { free: cell.slots, claims };
    return waker;
  });

  /** To who has the most room. */
  const handOut = (): void => {
    for (;;) {
      if (perSecond === null && waiting.length === 0) waiting.push({ atMs: simulation.nowMs });
      const roomiest = wakers.reduce((most, waker) => (waker.free > most.free ? waker : most));
      if (waiting.length === 0 || roomiest.free === 0) return;
      roomiest.free--;
      roomiest.claims.add(waiting.shift()!);
    }
  };

  const accepting = apis.map((api) => {
    const wake = (rows: Delivery[], next: () => void): void =>
      redis.run(costs.redis.first + costs.redis.row * rows.length, () => {
        waiting.push(...rows);
        handOut();
        next();
      });
    const wakeUps = new Batches<Delivery>(MAX_ROWS, wake);
    return new Batches<Delivery>(MAX_ROWS, (rows, next) =>
      api.run(costs.api.first, () =>
        statement(costs.accept, rows.length, () => {
          if (cell.eager) wake(rows, () => undefined);
          else for (const delivery of rows) wakeUps.add(delivery);
          next();
        }),
      ),
    );
  });
  let asked = 0;
  const arrive = (ratePerMs: number): void => {
    const delivery = { atMs: simulation.nowMs };
    const to = asked++ % apis.length;
    apis[to]!.run(costs.api.row, () => accepting[to]!.add(delivery));
    simulation.after(-Math.log(1 - random()) / ratePerMs, () => arrive(ratePerMs));
  };
  if (perSecond === null) handOut();
  else arrive(perSecond / 1000);

  simulation.runUntil(fromMs);
  const used = (): number[] =>
    [apis, workers, [redis], [postgres]].map((all) => all.reduce((sum, { cpuMs }) => sum + cpuMs, 0));
  const before = used();
  simulation.runUntil(seconds * 1000);
  const tookMs = seconds * 1000 - fromMs;
  const [api, worker, redisMs, postgresMs] = used().map((ms, n) => (ms - before[n]!) / tookMs);
  return {
    perSecond: (ended / tookMs) * 1000,
    p95Ms: quantile(sentAfterMs, 0.95),
    busy: {
      api: api! / cell.apis,
      worker: worker! / cell.workers,
      redis: redisMs!,
      postgres: postgresMs! / (cell.sharedCores ?? cell.postgresCores),
    },
  };
}

/**
 * The highest rate at which nothing piles up and 95 of 100 are sent in time, to a twentieth.
 * @param limitMs accepted to sent
 */
export function highestRate(cell: Cell, costs: Costs, limitMs: number): number {
  const holds = (perSecond: number): boolean => {
    const simulated = simulate(cell, costs, { perSecond, seconds: 4, seed: 1 });
    return simulated.p95Ms < limitMs && simulated.perSecond > perSecond * 0.97;
  };
  let held = 50;
  if (!holds(held)) return 0;
  while (holds(held * 2)) held *= 2;
  for (let step = held / 2; step > held / 20; step /= 2) if (holds(held + step)) held += step;
  return held;
}

/** Mulberry32: enough for arrivals, and the same each time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
