import { Injectable, Logger } from '@nestjs/common';
import { CircuitBreakers } from '@breakwater/circuit-breaker';
import { Config } from '@breakwater/platform';
import { judgeCheck } from './health.js';
import { HealthCall } from './health-call.service.js';
import { HealthStore, type RefusedApp } from './health.store.js';

/** Most apps that one process asks at once. */
const AT_ONCE = 50;

/**
 * Calls the health URL of each app with an open breaker, every BREAKER_HEALTH_INTERVAL: when the app is healthy again,
 * its probe need not wait for the recovery time. These calls are no health checks: nobody is notified of their
 * results.
 */
@Injectable()
export class BreakerHealth {
  private readonly log = new Logger('BreakerHealth');

  constructor(
    private readonly store: HealthStore,
    private readonly call: HealthCall,
    private readonly breakers: CircuitBreakers,
    private readonly config: Config,
  ) {}

  /** Calls all that are due and that no other process has taken. @returns how many were healthy */
  async run(signal: AbortSignal): Promise<number> {
    const { mode, healthIntervalMs } = this.config.circuitBreaker;
    if (mode !== 'enforce' || !this.breakers.isAnyOpen()) return 0;
    let well = 0;
    while (!signal.aborted) {
      const apps = await this.store.claimRefused(healthIntervalMs, AT_ONCE);
      const answers = await Promise.all(apps.map((app) => this.isWell(app, signal)));
      well += answers.filter(Boolean).length;
      if (apps.length < AT_ONCE) break;
    }
    return well;
  }

  private async isWell(app: RefusedApp, signal: AbortSignal): Promise<boolean> {
    try {
      const { outcome } = await this.call.make(app, signal);
      if (judgeCheck(outcome) !== 'well') return false;
      await this.breakers.probeSoon(app.appId);
      return true;
    } catch (error) {
      // It is called again after the interval.
      this.log.warn(
        `the health URL of ${app.appId} was not called for its open breaker: ${(error as Error).message}`,
      );
      return false;
    }
  }
}
