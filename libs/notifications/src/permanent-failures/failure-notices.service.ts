import { Injectable } from '@nestjs/common';
import { Notices } from '../notices/notices.js';
import { PeriodicRuns } from '@breakwater/platform';
import { failureNotice } from './failure-notice.js';
import { FailureNoticesStore } from './failure-notices.store.js';

const EVERY_MS = 15_000;

/**
 * Tells of deliveries that were given up on: of the first of a capability within a minute, of those that follow together,
 * an hour after that at the earliest.
 */
@Injectable()
export class FailureNotices {
  constructor(
    private readonly store: FailureNoticesStore,
    private readonly notices: Notices,
    private readonly runs: PeriodicRuns,
  ) {}

  async runIfDue(shouldGoOn: () => boolean): Promise<void> {
    await this.runs.ifDue('failure-notices', EVERY_MS, () => this.run(shouldGoOn));
  }

  /** @returns how many notifications were stored */
  async run(shouldGoOn: () => boolean = () => true): Promise<number> {
    let stored = 0;
    for (const capability of await this.store.due()) {
      if (!shouldGoOn()) break;
      stored += await this.store.tell(capability, (client, failures) =>
        this.notices.tell(client, failureNotice(failures)),
      );
    }
    return stored;
  }
}
