import { Injectable, Logger } from '@nestjs/common';
import { Config, NEVER, PeriodicRuns } from '@breakwater/platform';
import { RollUpStore } from './roll-up.store.js';

/** Turns attempts into metrics by the minute and the hour (docs/adr/0015-metrics-rolled-up-in-the-database.md). */
@Injectable()
export class RollUp {
  private readonly log = new Logger(RollUp.name);

  constructor(
    private readonly store: RollUpStore,
    private readonly runs: PeriodicRuns,
    private readonly config: Config,
  ) {}

  /** Runs every WEBHOOK_METRICS_INTERVAL over all processes. */
  async runIfDue(stop: AbortSignal): Promise<void> {
    const { enabled, intervalMs } = this.config.metrics;
    if (!enabled) return;
    await this.runs.ifDue({ name: 'metrics', everyMs: intervalMs, stop }, (signal) => this.run(signal));
  }

  /** Repeats until nothing is left, a transaction at a time. @returns how many calls were rolled up */
  async run(signal: AbortSignal = NEVER): Promise<number> {
    let total = 0;
    while (!signal.aborted) {
      const { calls, hasMore } = await this.store.rollUpSome();
      total += calls;
      if (!hasMore) break;
    }
    if (total > 0) this.log.debug(`${total} calls rolled up`);
    return total;
  }
}
