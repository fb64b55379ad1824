import { Injectable, Logger } from '@nestjs/common';
import { CircuitBreakers } from '@breakwater/circuit-breaker';
import { Config, PeriodicRuns, type Transaction } from '@breakwater/platform';
import type { Outcome, Timed } from '@breakwater/webhook-client';
import { Notices } from '@breakwater/notifications';
import { detailsOf } from './check-details.js';
import { healthAfter, judgeCheck } from './health.js';
import { recoveredNotice, unhealthyNotice } from './health-notice.js';
import { HealthCall } from './health-call.service.js';
import { HealthStore, type DueApp, type Recorded } from './health.store.js';

/**
 * Interval of looking for due apps, ms: shorter than the interval at which workers ask, so that each of these runs is
 * due.
 */
const LOOK_MS = 2500;
/** Most checks at once: 100 apps that hang delay the others by 10 s, with a deadline of 5 s. */
const AT_ONCE = 50;

/** Calls each active app's health URL once per interval, and notifies people of changes. */
@Injectable()
export class HealthChecks {
  private readonly log = new Logger('HealthChecks');

  constructor(
    private readonly store: HealthStore,
    private readonly call: HealthCall,
    private readonly breakers: CircuitBreakers,
    private readonly notices: Notices,
    private readonly periodic: PeriodicRuns,
    private readonly config: Config,
  ) {}

  /** @returns whether this process did it */
  async runIfDue(stop: AbortSignal): Promise<boolean> {
    return this.periodic.ifDue({ name: 'app_health', everyMs: LOOK_MS, stop }, (signal) => this.run(signal));
  }

  /**
   * Checks every app that is due. A repeated or parallel run stores nothing twice.
   * @param signal after it aborts, no check starts and those in progress are aborted
   * @returns how many checks were stored
   */
  async run(signal: AbortSignal): Promise<number> {
    await this.store.enrol(this.config.monitoring.healthCheckIntervalMs);
    const due = this.store.due();
    let written = 0;
    const work = async (): Promise<void> => {
      for (;;) {
        const { value: app, done } = signal.aborted ? { done: true } : await due.next();
        if (done || !app) return;
        if (await this.check(app, signal)) written++;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return written;
  }

  private async check(app: DueApp, signal: AbortSignal): Promise<boolean> {
    try {
      const { url, outcome } = await this.call.make(app, signal);
      return await this.settle(app, url, outcome);
    } catch (error) {
      // It is still due: the next run takes it.
      this.log.warn(`health check of ${app.appId} not stored: ${(error as Error).message}`);
      return false;
    }
  }

  private async settle(app: DueApp, url: string, outcome: Outcome & Timed): Promise<boolean> {
    const verdict = judgeCheck(outcome);
    if (verdict === 'unknown') return false;
    const { tell, ...health } = healthAfter(app.health, verdict);
    const details = detailsOf(outcome);
    const responseTimeMs = Math.round(outcome.durationMs);
    const intervalMs = this.config.monitoring.healthCheckIntervalMs;
    const notify = (transaction: Transaction, { failingSince, checkedAt }: Recorded): Promise<unknown> => {
      const { appId, appName } = app;
      const outage = {
        appId,
        appName,
        url,
        failingSince: failingSince ?? app.failingSince ?? checkedAt,
        checkedAt,
        failures: health.failures,
        error: details.error,
      };
      const notice = tell === 'unhealthy' ? unhealthyNotice(outage) : recoveredNotice(outage);
      return this.notices.notify(transaction, notice);
    };
    const result = { responseTimeMs, details, intervalMs };
    const written = await this.store.record(app, health, result, tell === null ? null : notify);
    if (!written) return false;
    if (tell === 'unhealthy') this.log.warn({ msg: 'app unhealthy', appId: app.appId, ...details });
    if (tell === 'recovered') this.log.log({ msg: 'app healthy again', appId: app.appId });
    if (verdict === 'well') await this.breakers.probeSoon(app.appId);
    return true;
  }
}
