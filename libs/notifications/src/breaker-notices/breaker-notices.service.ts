import { Injectable, Logger } from '@nestjs/common';
import { Config, NEVER, type Transaction } from '@breakwater/platform';
import { Notices } from '../notices/notices.js';
import { openedOrClosed, type BreakerEvent } from './breaker-event.js';
import { BreakerNoticesStore, type UntoldChange } from './breaker-notices.store.js';
import { newsOf } from './breaker-news.js';
import { breakerNotice, summaryNotice } from './breaker-notice.js';

/**
 * Notifies the app's owner, each platform admin and every other channel of each opening and closing of a breaker,
 * exactly once, however many workers run it. The outbox sends the notifications. A circuit that opens again after a
 * failed probe is not reported: it is the same outage (see openedOrClosed). For a breaker that flaps, the first change
 * is reported at once; later changes within BREAKER_NOTICE_COOLDOWN are collected and reported in one summary at its
 * end.
 */
@Injectable()
export class BreakerNotices {
  private readonly log = new Logger(BreakerNotices.name);

  constructor(
    private readonly store: BreakerNoticesStore,
    private readonly notices: Notices,
    private readonly config: Config,
  ) {}

  /** Reports all changes that are due. @returns how many notifications were stored */
  async run(stop: AbortSignal = NEVER): Promise<number> {
    await this.store.enrol();
    let stored = 0;
    let after = { appId: '', capability: '' };
    while (!stop.aborted) {
      const told = await this.store.notifyNext(
        after,
        this.config.circuitBreaker.noticeCooldownMs,
        (transaction, changes) => this.tell(transaction, changes),
        ({ appId, capability }, error) =>
          this.log.error(`the change of breaker ${appId}/${capability} was not reported: ${error.message}`),
      );
      if (!told) break;
      stored += told.stored;
      after = told;
    }
    return stored;
  }

  private async tell(transaction: Transaction, changes: readonly UntoldChange[]): Promise<number> {
    const { noticeCooldownMs: cooldownMs } = this.config.circuitBreaker;
    const events = changes.map((change) => this.eventOf(change)).filter((event) => event !== null);
    let stored = 0;
    for (const news of newsOf(events, cooldownMs > 0)) {
      const notice =
        news.kind === 'summary'
          ? summaryNotice(news.summary, cooldownMs)
          : breakerNotice(news.event, cooldownMs);
      stored += await this.notices.notify(transaction, notice);
    }
    return stored;
  }

  private eventOf(change: UntoldChange): BreakerEvent | null {
    const happened = openedOrClosed(change.fromState, change.toState);
    if (happened === null) return null;
    const { id, generation, appId, appName, capability, at, failingSince, lastReason, actor, openedAt } =
      change;
    const isClosing = happened === 'closed';
    const isForced = change.cause === 'forced_open' || change.cause === 'forced_closed';
    return {
      id,
      generation,
      happened,
      appId,
      appName: appName ?? appId,
      capability,
      subscription: change.subscription,
      at,
      failingSince,
      failureCount: isClosing ? (change.openedAfterFailures ?? change.failureCount) : change.failureCount,
      cause: change.cause,
      lastError: lastReason,
      forced: isForced ? { by: actor ?? '', reason: change.note ?? '' } : null,
      resetBy: isClosing ? actor : null,
      openMs: isClosing && openedAt ? at.getTime() - openedAt.getTime() : null,
      enforced: this.config.circuitBreaker.mode === 'enforce',
    };
  }
}
