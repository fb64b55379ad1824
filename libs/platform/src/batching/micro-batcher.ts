export interface BatchLimits {
  /** Most rows in one flush. */
  maxRows: number;
  /** Most flushes in progress at once. */
  maxInFlight: number;
  /** How long the first row waits for others, ms: for rows whose results nobody waits for. Absent or 0: not at all. */
  gatherMs?: number;
  /** Longest time that a row waits for its result and a flush keeps its place, ms. Absent: until the flush ends. */
  withinMs?: number;
}

export interface BatchRules {
  /** Whether a failed batch may be retried row by row; not when the store itself is unavailable. Absent: always. */
  mayRetryRows?: (error: unknown) => boolean;
  /** The error of a row after `withinMs`. */
  tooLate?: (limitMs: number) => Error;
}

/** A flush that takes longer than this share of the limit no longer delays the next one. */
const SLOW_SHARE = 0.2;

interface Waiting<Row, Result> {
  row: Row;
  /** When the row was added, `performance.now()`. */
  atMs: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers rows into batches without a timer. The first row is flushed with all rows that arrived in the same turn of
 * the event loop; while a flush is in progress, the next rows gather. So an idle system adds no wait, and a busy one
 * gets large batches. A batch that fails is retried row by row, so that one bad row fails alone.
 *
 * With a limit (`withinMs`) no row waits longer: a row that was not flushed in time never is, and a flush that takes
 * longer frees its place, whatever its result. A slow flush frees its place earlier, for at most `maxInFlight` more:
 * when one connection is frozen, others still work.
 * @see docs/adr/0006-batches-without-a-timer.md
 */
export class MicroBatcher<Row, Result> {
  private waiting: Waiting<Row, Result>[] = [];
  private inFlight = 0;
  /** How many of the flushes in progress are slow and have freed their place. */
  private slow = 0;
  private scheduled = false;
  private gathering: NodeJS.Timeout | undefined;
  private expiring: NodeJS.Timeout | undefined;
  private idle: (() => void)[] = [];
  private readonly mayRetryRows: (error: unknown) => boolean;
  private readonly tooLate: (limitMs: number) => Error;

  /** @param flush returns one result for each row, in the rows' order */
  constructor(
    private readonly flush: (rows: Row[]) => Promise<Result[]>,
    private readonly limits: BatchLimits,
    { mayRetryRows, tooLate }: BatchRules = {},
  ) {
    this.mayRetryRows = mayRetryRows ?? (() => true);
    this.tooLate = tooLate ?? ((limitMs) => new Error(`the batch did not end within ${limitMs} ms`));
  }

  add(row: Row): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ row, atMs: performance.now(), resolve, reject });
      this.schedule();
    });
  }

  /** Resolves when no row waits and no flush is in progress. */
  async drained(): Promise<void> {
    if (this.waiting.length === 0 && this.inFlight === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private schedule(): void {
    if (this.scheduled) return;
    if (!this.hasPlace()) {
      this.expireWaiting();
      return;
    }
    const { gatherMs = 0, maxRows } = this.limits;
    if (gatherMs > 0 && this.waiting.length < maxRows) {
      this.gathering ??= setTimeout(() => this.start(), gatherMs);
      return;
    }
    this.scheduled = true;
    setImmediate(() => this.start());
  }

  private hasPlace(): boolean {
    return this.inFlight - this.slow < this.limits.maxInFlight;
  }

  private start(): void {
    this.scheduled = false;
    clearTimeout(this.gathering);
    this.gathering = undefined;
    while (this.waiting.length > 0 && this.hasPlace()) {
      const batch = this.waiting.splice(0, this.limits.maxRows);
      this.inFlight++;
      void this.runInTime(batch).finally(() => {
        this.inFlight--;
        if (this.waiting.length > 0) this.schedule();
        else this.resolveIdle();
      });
    }
    if (this.waiting.length > 0) this.expireWaiting();
  }

  private resolveIdle(): void {
    if (this.inFlight === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  /** Fails rows that found no place in a flush in time. */
  private expireWaiting(): void {
    const { withinMs } = this.limits;
    const first = this.waiting[0];
    if (withinMs === undefined || !first || this.expiring) return;
    this.expiring = setTimeout(
      () => {
        this.expiring = undefined;
        const left = this.refuseLate(this.waiting, withinMs);
        this.waiting.splice(0, this.waiting.length - left);
        if (left > 0) this.expireWaiting();
        else this.resolveIdle();
      },
      Math.max(0, first.atMs + withinMs - performance.now()),
    );
  }

  /** @returns how many rows still wait, the last ones of `rows` */
  private refuseLate(rows: readonly Waiting<Row, Result>[], withinMs: number): number {
    const untilMs = performance.now() - withinMs;
    const next = rows.findIndex(({ atMs }) => atMs > untilMs);
    const late = next < 0 ? rows : rows.slice(0, next);
    for (const { reject } of late) reject(this.tooLate(withinMs));
    return rows.length - late.length;
  }

  /** Resolves when every row has its result, or none is waited for any more. */
  private async runInTime(batch: Waiting<Row, Result>[]): Promise<void> {
    const { withinMs } = this.limits;
    if (withinMs === undefined) return this.run(batch, () => false);
    let isOver = false;
    let isSlow = false;
    let timer: NodeJS.Timeout | undefined;
    const slowTimer = setTimeout(() => {
      if (this.slow >= this.limits.maxInFlight) return;
      isSlow = true;
      this.slow++;
      this.start();
    }, withinMs * SLOW_SHARE);
    const given = new Promise<void>((resolve) => {
      const expire = (rows: Waiting<Row, Result>[]): void => {
        timer = setTimeout(
          () => {
            const left = this.refuseLate(rows, withinMs);
            if (left > 0) return expire(rows.slice(-left));
            isOver = true;
            resolve();
          },
          Math.max(0, rows[0]!.atMs + withinMs - performance.now()),
        );
      };
      expire(batch);
    });
    await Promise.race([this.run(batch, () => isOver), given]);
    clearTimeout(timer);
    clearTimeout(slowTimer);
    if (isSlow) this.slow--;
  }

  private async run(batch: Waiting<Row, Result>[], isOver: () => boolean): Promise<void> {
    try {
      const results = await this.flush(batch.map(({ row }) => row));
      batch.forEach(({ resolve }, index) => resolve(results[index]!));
    } catch (error) {
      if (batch.length === 1 || !this.mayRetryRows(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      for (const one of batch) if (!isOver()) await this.run([one], isOver);
    }
  }
}
