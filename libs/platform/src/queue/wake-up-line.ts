interface Waiting {
  sinceMs: number;
  begin: () => void;
}

/** Whoever waits longer shows that this process is behind, ms. */
const BEHIND_AFTER_MS = 100;

/** What one process does for wake-ups: so much at once, the rest waits its turn, first come first served. */
export class WakeUpLine {
  private running = 0;
  private readonly waiting: Waiting[] = [];
  private whenIdle: (() => void)[] = [];

  /** @param size how much at once, 1 or more */
  constructor(
    private readonly size: number,
    private readonly nowMs: () => number,
  ) {}

  /** How many more would begin at once. */
  get room(): number {
    return Math.max(0, this.size - this.running - this.waiting.length);
  }

  /** How many are begun on and not done. */
  get inHand(): number {
    return this.running;
  }

  /** Whether what waits here would have been begun elsewhere by now. */
  get isBehind(): boolean {
    const [first] = this.waiting;
    return first !== undefined && this.nowMs() - first.sinceMs > BEHIND_AFTER_MS;
  }

  /** Resolves when its turn has come, not when it is done. @param work never throws */
  async enter(work: () => Promise<unknown>): Promise<void> {
    if (this.running < this.size) this.running++;
    else await new Promise<void>((begin) => this.waiting.push({ sinceMs: this.nowMs(), begin }));
    void work().finally(() => this.leave());
  }

  /** Resolves when all that entered is done. */
  async drained(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) return next.begin();
    this.running--;
    if (this.running === 0) for (const resolve of this.whenIdle.splice(0)) resolve();
  }
}
