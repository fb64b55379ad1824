import { Injectable } from '@nestjs/common';
import { Config, TestJobs } from '@breakwater/platform';
import { Checkup, failed, ok, type Finding } from '../check.js';
import { InstallationStore } from '../installation.store.js';

/** The clocks of this process, the database and Redis differ by no more than CLOCK_SKEW_MAX. */
@Injectable()
export class ClockCheck extends Checkup {
  readonly name = 'clock';
  readonly needsDatabase = true;
  readonly remedy = 'Synchronise the clocks of all machines with NTP.';

  /** @param nowMs this process' clock, Unix ms */
  constructor(
    private readonly store: Pick<InstallationStore, 'now'>,
    private readonly jobs: Pick<TestJobs, 'clock'>,
    private readonly config: Config,
    private readonly nowMs: () => number = Date.now,
  ) {
    super();
  }

  async run(): Promise<Finding> {
    const [database, redis] = await Promise.all([
      this.skewMs(() => this.store.now()),
      this.skewMs(() => this.jobs.clock().catch(() => null)),
    ]);
    const { clockSkewMaxMs } = this.config;
    const skews = [
      { of: "the database's", ms: database ?? 0 },
      ...(redis === null ? [] : [{ of: "Redis'", ms: redis }]),
    ];
    const wrong = skews.filter(({ ms }) => ms > clockSkewMaxMs);
    if (wrong.length > 0)
      return failed(
        `The clock of this process is ${wrong.map(({ of, ms }) => `${ms} ms from ${of}`).join(' and ')}; ${clockSkewMaxMs} ms are allowed.`,
        `${this.remedy} CLOCK_SKEW_MAX is the limit.`,
      );
    return ok(
      `The clock of this process is ${skews.map(({ of, ms }) => `${ms} ms from ${of}`).join(' and ')}.`,
    );
  }

  /** Difference to the middle of the question and its answer, ms. */
  private async skewMs(ask: () => Promise<Date | null>): Promise<number | null> {
    const sentMs = this.nowMs();
    const there = await ask();
    if (there === null) return null;
    return Math.round(Math.abs(there.getTime() - (sentMs + this.nowMs()) / 2));
  }
}
