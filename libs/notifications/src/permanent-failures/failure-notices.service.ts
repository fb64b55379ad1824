import { Injectable } from '@nestjs/common';
import { NEVER, PeriodicRuns } from '@breakwater/platform';
import { Notices } from '../notices/notices.js';
import { failureNotice } from './failure-notice.js';
import { FailureNoticesStore } from './failure-notices.store.js';

const EVERY_MS = 15_000;

/**
 * Notifies of deliveries that failed for good: of the first of a capability within a minute, of later ones together,
 * an hour after that at the earliest.
 */
@Injectable()
export class FailureNotices {
  constructor(
    private readonly store: FailureNoticesStore,
    private readonly notices: Notices,
    private readonly runs: PeriodicRuns,
  ) {}

  /** @returns how many notifications were stored */
  async runIfDue(stop: AbortSignal): Promise<number> {
    let stored = 0;
    await this.runs.ifDue({ name: 'failure-notices', everyMs: EVERY_MS, stop }, async (signal) => {
      stored = await this.run(signal);
    });
    return stored;
  }

  /** @returns how many notifications were stored */
  async run(signal: AbortSignal = NEVER): Promise<number> {
    let stored = 0;
    for (const capability of await this.store.due()) {
      if (signal.aborted) break;
      stored += await this.store.tell(capability, (transaction, failures) =>
        this.notices.notify(transaction, failureNotice(failures)),
      );
    }
    return stored;
  }
}
