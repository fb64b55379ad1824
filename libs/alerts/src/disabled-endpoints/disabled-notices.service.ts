import { Injectable } from '@nestjs/common';
import { DisabledEndpoints } from '@breakwater/manifest';
import { Notices } from '@breakwater/notifications';
import { Config, NEVER } from '@breakwater/platform';
import { disabledNotice } from './disabled-notice.js';

/** Notifies the owners and the admins of each endpoint that Breakwater disabled. */
@Injectable()
export class DisabledNotices {
  constructor(
    private readonly disabled: DisabledEndpoints,
    private readonly notices: Notices,
    private readonly config: Config,
  ) {}

  /** @returns how many notifications were stored */
  async run(stop: AbortSignal = NEVER): Promise<number> {
    const { maxAgeMs } = this.config.delivery;
    let stored = 0;
    while (!stop.aborted) {
      const count = await this.disabled.notifyNext((transaction, endpoint) =>
        this.notices.notify(transaction, disabledNotice(endpoint, maxAgeMs)),
      );
      if (count === null) break;
      stored += count;
    }
    return stored;
  }
}
