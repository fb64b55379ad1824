import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { HintBus } from '@breakwater/platform';
import { SingleRun } from './single-run.js';

/** One row of the table of periodic work. */
export interface PeriodicWork {
  /** The name in the log; unique. */
  name: string;
  everyMs: number;
  /** Whether it also runs when the process starts. */
  atStart: boolean;
  /** A channel of NOTIFY: it also runs at each hint there. */
  hint?: string;
  /** The name of work that runs at once when this work returned a number above 0. */
  next?: string;
  /** Whether a run may begin while an earlier one is in progress; otherwise it follows that one. */
  overlaps?: boolean;
  /** @param stop aborts when the process stops: start nothing more, and end soon */
  work: (stop: AbortSignal) => Promise<unknown>;
}

/** Runs the periodic work of one process. Work that fails is logged, and runs again at its next time. */
export class PeriodicRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('Schedules');
  private readonly stopping = new AbortController();
  private readonly runs: ReadonlyMap<string, () => Promise<void>>;
  private readonly underWay = new Set<Promise<void>>();
  private readonly unsubscribes: (() => void)[] = [];

  constructor(
    private readonly table: readonly PeriodicWork[],
    private readonly hints: HintBus,
    private readonly intervals: SchedulerRegistry,
  ) {
    this.runs = new Map(table.map((line) => [line.name, this.runOf(line)]));
  }

  onApplicationBootstrap(): void {
    for (const { name, everyMs, atStart, hint } of this.table) {
      this.intervals.addInterval(
        name,
        setInterval(() => this.request(name), everyMs),
      );
      if (hint !== undefined) this.unsubscribes.push(this.hints.subscribe(hint, () => this.request(name)));
      if (atStart) this.request(name);
    }
  }

  /** Runs a work of the table now, or once more after the run in progress. Does nothing after a stop. */
  request(name: string): void {
    const run = this.runs.get(name);
    if (!run) throw new Error(`there is no periodic work "${name}"`);
    if (this.stopping.signal.aborted) return;
    const running = run();
    this.underWay.add(running);
    void running.finally(() => this.underWay.delete(running));
  }

  /** Starts nothing more, and resolves when the runs in progress have ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const unsubscribe of this.unsubscribes.splice(0)) unsubscribe();
    for (const { name } of this.table) {
      if (this.intervals.doesExist('interval', name)) this.intervals.deleteInterval(name);
    }
    await Promise.all(this.underWay);
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  private runOf(line: PeriodicWork): () => Promise<void> {
    const run = (): Promise<void> => this.run(line);
    if (line.overlaps) return run;
    const single = new SingleRun(run, this.stopping.signal);
    return () => single.request();
  }

  private async run({ name, next, work }: PeriodicWork): Promise<void> {
    try {
      const result = await work(this.stopping.signal);
      if (next !== undefined && typeof result === 'number' && result > 0) this.request(next);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.log.warn(`${name} failed, tried again later: ${(error as Error).message}`);
    }
  }
}
