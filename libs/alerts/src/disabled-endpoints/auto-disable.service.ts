import { Injectable, Logger } from '@nestjs/common';
import { EndpointDirectory } from '@breakwater/manifest';
import { Notices } from '@breakwater/notifications';
import { Config, NEVER, PeriodicRuns } from '@breakwater/platform';
import { failingNotice } from './disabled-notice.js';
import { reasonOf } from './failing-subscription.js';
import { FailingSubscriptionsStore } from './failing-subscriptions.store.js';

const EVERY_MS = 600_000;

/**
 * Disables subscriptions whose calls all failed for SUBSCRIPTION_AUTO_DISABLE_DAYS, and warns their owners at half of
 * that. Enabling one, or giving it another URL, restarts the days.
 */
@Injectable()
export class AutoDisable {
  private readonly log = new Logger(AutoDisable.name);

  constructor(
    private readonly store: FailingSubscriptionsStore,
    private readonly endpoints: EndpointDirectory,
    private readonly notices: Notices,
    private readonly runs: PeriodicRuns,
    private readonly config: Config,
  ) {}

  /** @returns whether this process did it */
  async runIfDue(stop: AbortSignal): Promise<boolean> {
    return this.runs.ifDue({ name: 'auto-disable', everyMs: EVERY_MS, stop }, (signal) => this.run(signal));
  }

  /** DisabledNotices notifies people of what this disables. @returns how many subscriptions were disabled */
  async run(signal: AbortSignal = NEVER): Promise<number> {
    const days = this.config.delivery.subscriptionAutoDisableDays;
    if (days === 0) return 0;
    let disabled = 0;
    for (const failing of await this.store.failing(days)) {
      if (signal.aborted) break;
      if (!failing.isOver) {
        await this.store.notify((transaction) => this.notices.notify(transaction, failingNotice(failing)));
        continue;
      }
      const { endpointId, appId, name } = failing;
      if (!(await this.endpoints.disableEndpoint(endpointId, reasonOf(failing)))) continue;
      disabled++;
      this.log.warn({ msg: 'subscription disabled', appId, name, reason: reasonOf(failing) });
    }
    return disabled;
  }
}
