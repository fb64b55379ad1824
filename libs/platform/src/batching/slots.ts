interface Waiting {
  sinceMs: number;
  begin: () => void;
}

/** If work waits longer, this process is behind, ms. */
const BEHIND_AFTER_MS = 100;

/** Runs a limited number of pieces of work at once; others wait in the order they came. */
export class Slots {
  private running = 0;
  private readonly waiting: Waiting[] = [];
  private whenIdle: (() => void)[] = [];

  /** @param size pieces of work at once, 1 or more */
  constructor(
    private readonly size: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** How much more would start at once. */
  get free(): number {
    return Math.max(0, this.size - this.running - this.waiting.length);
  }

  /** How much has started and not ended. */
  get inHand(): number {
    return this.running;
  }

  /** Whether work that waits here would have started elsewhere by now. */
  get isBehind(): boolean {
    const [first] = this.waiting;
    return first !== undefined && this.nowMs() - first.sinceMs > BEHIND_AFTER_MS;
  }

  /** Runs the work when its turn comes, and returns its result. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.size) this.running++;
    else await new Promise<void>((begin) => this.waiting.push({ sinceMs: this.nowMs(), begin }));
    try {
      return await work();
    } finally {
      this.giveBack();
    }
  }

  /** Resolves when the work has started, not when it ends. @param work never throws */
  begin(work: () => Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      void this.run(() => {
        resolve();
        return work();
      });
    });
  }

  /** Resolves when all work, started or waiting, has ended. */
  async drained(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }

  private giveBack(): void {
    const next = this.waiting.shift();
    if (next) return next.begin();
    this.running--;
    if (this.running === 0) for (const resolve of this.whenIdle.splice(0)) resolve();
  }
}
