export interface BatchLimits {
  /** Rows in one flush at the most. */
  maxRows: number;
  /** Flushes under way at once. */
  maxInFlight: number;
  /** How long the first row waits for company, ms: of rows whose results nobody waits for. Absent or 0: not at all. */
  gatherMs?: number;
}

interface Waiting<Row, Result> {
  row: Row;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers rows into batches without a timer: the first row leaves with whatever arrived in the same turn of the event
 * loop, and while a flush is under way the next rows gather behind it. An idle system adds no wait, a busy one gets
 * large batches by itself. A batch that fails is flushed row by row, so that one bad row harms only itself.
 */
export class MicroBatcher<Row, Result> {
  private waiting: Waiting<Row, Result>[] = [];
  private inFlight = 0;
  private scheduled = false;
  private gathering: NodeJS.Timeout | undefined;
  private idle: (() => void)[] = [];

  /** @param flush answers with one result for each row, in the rows' order */
  constructor(
    private readonly flush: (rows: Row[]) => Promise<Result[]>,
    private readonly limits: BatchLimits,
    /** Says whether a failed batch may be tried row by row; not when the store itself is away. */
    private readonly mayRetryRows: (error: unknown) => boolean = () => true,
  ) {}

  add(row: Row): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ row, resolve, reject });
      this.schedule();
    });
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    if (this.waiting.length === 0 && this.inFlight === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private schedule(): void {
    if (this.inFlight >= this.limits.maxInFlight || this.scheduled) return;
    const { gatherMs = 0, maxRows } = this.limits;
    if (gatherMs > 0 && this.waiting.length < maxRows) {
      this.gathering ??= setTimeout(() => this.start(), gatherMs);
      return;
    }
    this.scheduled = true;
    setImmediate(() => this.start());
  }

  private start(): void {
    this.scheduled = false;
    clearTimeout(this.gathering);
    this.gathering = undefined;
    while (this.waiting.length > 0 && this.inFlight < this.limits.maxInFlight) {
      const batch = this.waiting.splice(0, this.limits.maxRows);
      this.inFlight++;
      void this.run(batch).finally(() => {
        this.inFlight--;
        if (this.waiting.length > 0) this.schedule();
        else if (this.inFlight === 0) for (const resolve of this.idle.splice(0)) resolve();
      });
    }
  }

  private async run(batch: Waiting<Row, Result>[]): Promise<void> {
    try {
      const results = await this.flush(batch.map(({ row }) => row));
      batch.forEach(({ resolve }, index) => resolve(results[index]!));
    } catch (error) {
      if (batch.length === 1 || !this.mayRetryRows(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      for (const one of batch) await this.run([one]);
    }
  }
}
