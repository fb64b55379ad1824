/**
 * Machines, processes and time as a discrete-event simulation: computes how long work waits, without doing any. Times
 * in ms.
 */
export class Simulation {
  private readonly events: { atMs: number; order: number; run: () => void }[] = [];
  private ordered = 0;
  nowMs = 0;

  after(ms: number, run: () => void): void {
    const { events } = this;
    let at = events.push({ atMs: this.nowMs + ms, order: this.ordered++, run }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isSooner(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  /** Runs all events until then. */
  runUntil(untilMs: number): void {
    while (this.events.length > 0 && this.events[0]!.atMs <= untilMs) this.next();
    this.nowMs = untilMs;
  }

  private next(): void {
    const { events } = this;
    const [{ atMs, run }] = events as [(typeof events)[0]];
    const last = events.pop()!;
    if (events.length > 0) {
      events[0] = last;
      for (let at = 0; ;) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        const child = right < events.length && this.isSooner(right, left) ? right : left;
        if (child >= events.length || !this.isSooner(child, at)) break;
        this.swap(at, child);
        at = child;
      }
    }
    this.nowMs = atMs;
    run();
  }

  private isSooner(one: number, other: number): boolean {
    const [a, b] = [this.events[one]!, this.events[other]!];
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  }

  private swap(one: number, other: number): void {
    const { events } = this;
    [events[one], events[other]] = [events[other]!, events[one]!];
  }
}

/** Cores that its processes share, first come, first served. */
export class Machine {
  private readonly ready: (() => void)[] = [];
  private busy = 0;

  constructor(
    readonly simulation: Simulation,
    readonly cores: number,
  ) {}

  use(cpuMs: number, then: () => void): void {
    const start = (): void => {
      this.busy++;
      this.simulation.after(cpuMs, () => {
        this.busy--;
        then();
        if (this.busy < this.cores) this.ready.shift()?.();
      });
    };
    if (this.busy < this.cores) start();
    else this.ready.push(start);
  }
}

/** Runs as many pieces of work at once as it has threads, if its machine has free cores. */
export class Process {
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  /** CPU used so far. */
  cpuMs = 0;

  constructor(
    private readonly machine: Machine,
    private readonly threads: number,
  ) {}

  run(cpuMs: number, then: () => void): void {
    const start = (): void => {
      this.running++;
      this.cpuMs += cpuMs;
      this.machine.use(cpuMs, () => {
        this.running--;
        this.waiting.shift()?.();
        then();
      });
    };
    if (this.running < this.threads) start();
    else this.waiting.push(start);
  }
}

/** One statement at a time, with everything that came during the previous one, like MicroBatcher. */
export class Batches<Row> {
  private waiting: Row[] = [];
  private isBusy = false;

  constructor(
    private readonly maxRows: number,
    private readonly flush: (rows: Row[], then: () => void) => void,
  ) {}

  add(row: Row): void {
    this.waiting.push(row);
    if (!this.isBusy) this.next();
  }

  private next(): void {
    const rows = this.waiting.splice(0, this.maxRows);
    this.isBusy = rows.length > 0;
    if (this.isBusy) this.flush(rows, () => this.next());
  }
}
