import { Injectable, Logger } from '@nestjs/common';
import { Config } from '@breakwater/platform';
import type { PoolClient } from 'pg';
import { Notices } from '../notices/notices.js';
import { mailOf, type BreakerEvent } from './breaker-event.js';
import { BreakerMailStore, type UntoldChange } from './breaker-mails.store.js';
import { breakerNotice } from './breaker-notice.js';

/**
 * Tells the app's owner, each platform admin and every other channel of each opening and closing of a breaker, exactly
 * once, however many workers do it. Sending them is the outbox's business.
 * A circuit that opens again after a failed probe sends none: it is the same outage (see mailOf).
 */
@Injectable()
export class BreakerMails {
  private readonly log = new Logger(BreakerMails.name);

  constructor(
    private readonly store: BreakerMailStore,
    private readonly notices: Notices,
    private readonly config: Config,
  ) {}

  /** Tells all that is untold. @returns how many notifications were stored */
  async run(shouldGoOn: () => boolean = () => true): Promise<number> {
    let stored = 0;
    let afterId = 0;
    while (shouldGoOn()) {
      const told = await this.store.tellNext(
        afterId,
        (client, change) => this.tell(client, change),
        ({ id, appId, capability }, error) =>
          this.log.error(
            `nobody was told of change ${id} of the breaker ${appId}/${capability}: ${error.message}`,
          ),
      );
      if (!told) break;
      stored += told.stored;
      afterId = told.id;
    }
    return stored;
  }

  private async tell(client: PoolClient, change: UntoldChange): Promise<number> {
    const event = this.eventOf(change);
    return event ? this.notices.tell(client, breakerNotice(event, change.generation)) : 0;
  }

  private eventOf(change: UntoldChange): BreakerEvent | null {
    const happened = mailOf(change.fromState, change.toState);
    if (happened === null) return null;
    const { appId, appName, capability, at, failingSince, lastReason, actor, openedAt } = change;
    const isClosing = happened === 'closed';
    return {
      happened,
      appId,
      appName: appName ?? appId,
      capability,
      at,
      failingSince,
      failureCount: isClosing ? (change.openedAfterFailures ?? change.failureCount) : change.failureCount,
      lastError: lastReason,
      resetBy: isClosing ? actor : null,
      openMs: isClosing && openedAt ? at.getTime() - openedAt.getTime() : null,
      enforced: this.config.circuitBreaker.mode === 'enforce',
    };
  }
}
