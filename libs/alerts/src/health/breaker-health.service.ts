import { Injectable, Logger } from '@nestjs/common';
import { CircuitBreakers } from '@breakwater/circuit-breaker';
import { endpointUrl } from '@breakwater/manifest';
import { Config } from '@breakwater/platform';
import { WebhookClient } from '@breakwater/webhook-client';
import { judgeCheck } from './health.js';
import { HealthStore, type RefusedApp } from './health.store.js';

/** Apps that one process asks at once. */
const AT_ONCE = 50;

/**
 * Asks the health URL of each app that has an open breaker, every BREAKER_HEALTH_INTERVAL: when it is well again its
 * probe need not wait for the recovery time. These questions are no health checks: they alarm nobody.
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

  /** Asks all that are due and that no other process took. @returns how many were well */
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
      // Asked again after the interval.
      this.log.warn(`health of ${appId} not asked for its open breaker: ${(error as Error).message}`);
      return false;
    }
  }
}
