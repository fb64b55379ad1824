interface Waiting {
  sinceMs: number;
  begin: () => void;
}

/** Work that waits longer shows that this process is behind, ms. */
const BEHIND_AFTER_MS = 100;

/** Lets so much work run at once; the rest waits its turn, first come first served. */
export class Slots {
  private running = 0;
  private readonly waiting: Waiting[] = [];
  private whenIdle: (() => void)[] = [];

  /** @param size how much at once, 1 or more */
  constructor(
    private readonly size: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** How much more would begin at once. */
  get free(): number {
    return Math.max(0, this.size - this.running - this.waiting.length);
  }

  /** How much has begun and is not done. */
  get inHand(): number {
    return this.running;
  }

  /** Whether what waits here would have begun elsewhere by now. */
  get isBehind(): boolean {
    const [first] = this.waiting;
    return first !== undefined && this.nowMs() - first.sinceMs > BEHIND_AFTER_MS;
  }

  /** Does work when its turn has come, and answers with its result. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.size) this.running++;
    else await new Promise<void>((begin) => this.waiting.push({ sinceMs: this.nowMs(), begin }));
    try {
      return await work();
    } finally {
      this.giveBack();
    }
  }

  /** Resolves when the turn of the work has come, not when it is done. @param work never throws */
  begin(work: () => Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      void this.run(() => {
        resolve();
        return work();
      });
    });
  }

  /** Resolves when all that began, or waits, is done. */
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
