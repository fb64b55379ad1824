import { Injectable } from '@nestjs/common';
import { NEVER } from '@breakwater/platform';
import { Notices } from '../notices/notices.js';
import { approvalNotice } from './approval-notice.js';
import { ApprovalNoticesStore } from './approval-notices.store.js';

/**
 * Notifies admins of decisions that wait for a person: of the first of a capability at once, of later ones together.
 */
@Injectable()
export class ApprovalNotices {
  constructor(
    private readonly store: ApprovalNoticesStore,
    private readonly notices: Notices,
  ) {}

  /** @returns how many notifications were stored */
  async run(stop: AbortSignal = NEVER): Promise<number> {
    let stored = 0;
    while (!stop.aborted) {
      const told = await this.store.notifyNext((transaction, untold) =>
        this.notices.notify(transaction, approvalNotice(untold)),
      );
      if (told === null) break;
      stored += told;
    }
    return stored;
  }
}
