import { Batches, Machine, Process, Simulation } from './simulation.js';
import { quantile } from './rounds.js';

/** CPU, ms: before the first row of a batch, and for each of its rows. */
export interface Cost {
  first: number;
  row: number;
}

/** The cost of a delivery, by process. */
export interface Costs {
  /** From the request to the 202, by statement of acceptance. */
  api: Cost;
  /** From the wake-up to the result, by claim. */
  worker: Cost;
  redis: Cost;
  accept: Cost;
  claim: Cost;
  finish: Cost;
  /** Of the app and the caller, if they share the machine. */
  others: number;
  /** How long a commit waits for the disk, without CPU. */
  commitMs: number;
}

/** One installation. */
export interface Cell {
  apis: number;
  workers: number;
  /** Calls of a worker at once: `QUEUE_CONCURRENCY`. */
  slots: number;
  postgresCores: number;
  /** Response time of the app. */
  appMs: number;
  /**
   * Apis that use Redis at once for each statement of acceptance, even during another one: the former behaviour, for
   * comparison.
   */
  eager?: boolean;
  /**
   * All of it on one machine with this number of cores; otherwise each process has a core of its own, and PostgreSQL
   * its machine.
   */
  sharedCores?: number;
}

export interface Simulated {
  /** Ended deliveries, over the measured time. */
  perSecond: number;
  /** Accepted to sent. */
  p95Ms: number;
  /** Used share of the capacity: an api's or worker's core, Redis' thread, PostgreSQL's cores. */
  busy: Record<Kind, number>;
}

type Kind = 'api' | 'worker' | 'redis' | 'postgres';

export interface Run {
  /** Random arrivals; null: as many wait as the workers can take, as in a backlog. */
  perSecond: number | null;
  seconds: number;
  seed: number;
}

/** Like the platform's batches: BATCH_MAX_ROWS. */
const MAX_ROWS = 200;
const POSTGRES_CONNECTIONS = 200;
/** Not counted: the queues are filling. */
const WARM_UP_SHARE = 0.25;

/** Simulates deliveries through one installation, from the request to the result, with the given costs. */
export function simulate(cell: Cell, costs: Costs, { perSecond, seconds, seed }: Run): Simulated {
  const fromMs = seconds * 1000 * WARM_UP_SHARE;
  const model = new Model(cell, costs, fromMs);
  if (perSecond === null) model.neverRunOut();
  else model.arrive(perSecond / 1000, randomOf(seed));
  model.simulation.runUntil(fromMs);
  const before = model.usedMs();
  model.simulation.runUntil(seconds * 1000);
  const tookMs = seconds * 1000 - fromMs;
  const after = model.usedMs();
  const share = (kind: Kind, cores: number): number => (after[kind] - before[kind]) / tookMs / cores;
  return {
    perSecond: (model.ended / tookMs) * 1000,
    p95Ms: quantile(model.sentAfterMs, 0.95),
    busy: {
      api: share('api', cell.apis),
      worker: share('worker', cell.workers),
      redis: share('redis', 1),
      postgres: share('postgres', cell.sharedCores ?? cell.postgresCores),
    },
  };
}

interface Delivery {
  atMs: number;
}

interface Api {
  process: Process;
  acceptances: Batches<Delivery>;
}

interface Worker {
  process: Process;
  freeSlots: number;
  claims: Batches<Delivery>;
  finishes: Batches<Delivery>;
}

/** The parts of an installation, and the way of a delivery through them. */
class Model {
  readonly simulation = new Simulation();
  /** Since `fromMs`. */
  readonly sentAfterMs: number[] = [];
  ended = 0;
  private readonly postgres: Process;
  private readonly redis: Process;
  private readonly others: Process;
  private readonly apis: Api[];
  private readonly workers: Worker[];
  private readonly waiting: Delivery[] = [];
  private asked = 0;
  private runsOut = true;

  constructor(
    private readonly cell: Cell,
    private readonly costs: Costs,
    private readonly fromMs: number,
  ) {
    const { simulation } = this;
    const shared = cell.sharedCores === undefined ? null : new Machine(simulation, cell.sharedCores);
    const own = (threads: number): Process =>
      new Process(shared ?? new Machine(simulation, threads), threads);
    this.postgres = new Process(shared ?? new Machine(simulation, cell.postgresCores), POSTGRES_CONNECTIONS);
    this.redis = own(1);
    this.others = own(cell.sharedCores ?? 1_000);
    this.apis = Array.from({ length: cell.apis }, () => this.api(own(1)));
    this.workers = Array.from({ length: cell.workers }, () => this.worker(own(1)));
  }

  /** From now on as many wait as fit. */
  neverRunOut(): void {
    this.runsOut = false;
    this.handOut();
  }

  /** One now, and others after it at random. */
  arrive(ratePerMs: number, random: () => number): void {
    const delivery = { atMs: this.simulation.nowMs };
    const api = this.apis[this.asked++ % this.apis.length]!;
    api.process.run(this.costs.api.row, () => api.acceptances.add(delivery));
    this.simulation.after(-Math.log(1 - random()) / ratePerMs, () => this.arrive(ratePerMs, random));
  }

  /** CPU so far, ms. */
  usedMs(): Record<Kind, number> {
    const sum = (all: { process: Process }[]): number =>
      all.reduce((total, { process }) => total + process.cpuMs, 0);
    return {
      api: sum(this.apis),
      worker: sum(this.workers),
      redis: this.redis.cpuMs,
      postgres: this.postgres.cpuMs,
    };
  }

  private api(process: Process): Api {
    const wakeUps = new Batches<Delivery>(MAX_ROWS, (rows, next) => this.wake(rows, next));
    const acceptances = new Batches<Delivery>(MAX_ROWS, (rows, next) =>
      process.run(this.costs.api.first, () =>
        this.statement(this.costs.accept, rows.length, () => {
          if (this.cell.eager) this.wake(rows, () => undefined);
          else for (const delivery of rows) wakeUps.add(delivery);
          next();
        }),
      ),
    );
    return { process, acceptances };
  }

  private worker(process: Process): Worker {
    const finishes = new Batches<Delivery>(MAX_ROWS, (rows, next) =>
      this.statement(this.costs.finish, rows.length, () => {
        if (this.simulation.nowMs >= this.fromMs) this.ended += rows.length;
        next();
      }),
    );
    const claims = new Batches<Delivery>(MAX_ROWS, (rows, next) =>
      process.run(this.costs.worker.first, () =>
        this.statement(this.costs.claim, rows.length, () => {
          for (const delivery of rows) process.run(this.costs.worker.row, () => this.call(delivery, worker));
          next();
        }),
      ),
    );
    const worker = { process, freeSlots: this.cell.slots, claims, finishes };
    return worker;
  }

  private wake(deliveries: Delivery[], then: () => void): void {
    this.redis.run(this.costs.redis.first + this.costs.redis.row * deliveries.length, () => {
      this.waiting.push(...deliveries);
      this.handOut();
      then();
    });
  }

  /** To the worker with the most free slots. */
  private handOut(): void {
    for (;;) {
      if (!this.runsOut && this.waiting.length === 0) this.waiting.push({ atMs: this.simulation.nowMs });
      const roomiest = this.workers.reduce((most, worker) =>
        worker.freeSlots > most.freeSlots ? worker : most,
      );
      if (this.waiting.length === 0 || roomiest.freeSlots === 0) return;
      roomiest.freeSlots--;
      roomiest.claims.add(this.waiting.shift()!);
    }
  }

  private call(delivery: Delivery, worker: Worker): void {
    if (delivery.atMs >= this.fromMs) this.sentAfterMs.push(this.simulation.nowMs - delivery.atMs);
    this.others.run(this.costs.others, () =>
      // A slot is free again after the answer; its result is stored during the next call.
      this.simulation.after(this.cell.appMs, () => {
        worker.finishes.add(delivery);
        worker.freeSlots++;
        this.handOut();
      }),
    );
  }

  private statement({ first, row }: Cost, rows: number, then: () => void): void {
    this.postgres.run(first + row * rows, () => this.simulation.after(this.costs.commitMs, then));
  }
}

/**
 * The highest rate at which no backlog grows and 95 of 100 are sent in time, exact to a twentieth.
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

/** Mulberry32: good enough for arrivals, and the same each time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
