import { Injectable, Logger } from '@nestjs/common';
import { CircuitBreakers } from '@breakwater/circuit-breaker';
import { endpointUrl } from '@breakwater/manifest';
import { Config } from '@breakwater/platform';
import { WebhookClient } from '@breakwater/webhook-client';
import { judgeCheck } from './health.js';
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
    private readonly webhooks: WebhookClient,
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

  private async isWell({ appId, baseUrl, healthPath }: RefusedApp, signal: AbortSignal): Promise<boolean> {
    try {
      const url = endpointUrl(baseUrl, healthPath) ?? baseUrl;
      const outcome = await this.webhooks.probe(url, this.config.monitoring.healthCheckTimeoutMs, signal);
      if (judgeCheck(outcome) !== 'well') return false;
      await this.breakers.probeSoon(appId);
      return true;
    } catch (error) {
      // It is called again after the interval.
      this.log.warn(
        `the health URL of ${appId} was not called for its open breaker: ${(error as Error).message}`,
      );
      return false;
    }
  }
}
