/** How much work is in progress, by name. */
export class UnderWay {
  private readonly counts = new Map<string, number>();

  count(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** Counts one until the work ends. */
  async during<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.counts.set(name, this.count(name) + 1);
    try {
      return await work();
    } finally {
      const left = this.count(name) - 1;
      if (left > 0) this.counts.set(name, left);
      else this.counts.delete(name);
    }
  }
}
