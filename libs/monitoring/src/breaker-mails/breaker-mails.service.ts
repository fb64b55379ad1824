import { Injectable, Logger } from '@nestjs/common';
import { Config, newId } from '@breakwater/platform';
import { mailOf, type BreakerEvent } from '../mail/breaker-event.js';
import { loadBreakerMail } from '../mail/load-breaker-mail.js';
import { recipientsOf } from '../mail/recipients.js';
import { breakerDedupeKey } from './breaker-dedupe-key.js';
import { BreakerMailStore, type NewMail, type UntoldChange } from './breaker-mails.store.js';

/**
 * Turns each opening and closing of a breaker into one stored mail to the app's owner and to each platform admin,
 * exactly once, however many workers do it. Sending them is the outbox's business.
 * A circuit that opens again after a failed probe sends none: it is the same outage (see mailOf).
 */
@Injectable()
export class BreakerMails {
  private readonly log = new Logger(BreakerMails.name);

  constructor(
    private readonly store: BreakerMailStore,
    private readonly config: Config,
  ) {}

  /** Tells all that is untold. @returns how many mails were stored */
  async run(shouldGoOn: () => boolean = () => true): Promise<number> {
    let stored = 0;
    let afterId = 0;
    while (shouldGoOn()) {
      const told = await this.store.tellNext(
        afterId,
        (change) => this.write(change),
        ({ id, appId, capability }, error) =>
          this.log.error(`no mail for change ${id} of the breaker ${appId}/${capability}: ${error.message}`),
      );
      if (!told) break;
      stored += told.mails;
      afterId = told.id;
    }
    return stored;
  }

  private async write(change: UntoldChange): Promise<NewMail[]> {
    const event = this.eventOf(change);
    const recipients = event ? recipientsOf(change.ownerEmail, this.config.adminEmails) : [];
    if (!event || recipients.length === 0) return [];
    const { breakerMail } = await loadBreakerMail();
    const content = await breakerMail(event, this.config.api.publicBaseUrl);
    const { appId, capability, generation } = change;
    const { failureCount, failingSince, lastError, resetBy, openMs } = event;
    return recipients.map((recipient) => ({
      ...content,
      id: newId(),
      kind: `breaker_${event.happened}`,
      recipient,
      appId,
      capability,
      data: { generation, failureCount, failingSince, lastError, resetBy, openMs },
      dedupeKey: breakerDedupeKey(change, recipient),
    }));
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
