/** Lets so many run at once; the others wait their turn, first come first served. */
export class CallSlots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /** @param size 1 or more */
  constructor(size: number) {
    this.free = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
