import { Injectable } from '@nestjs/common';
import { StoredKeys } from '@breakwater/manifest';
import { MetricWindows } from '@breakwater/metrics';
import { subjectKey } from '../rules/alert-rule.js';
import { ReadingsStore } from '../rules/readings.store.js';
import { UNHEALTHY_FROM } from '../health/health.js';
import { overallHealth, type OverallHealth, type Snapshot } from './overall-health.js';
import { OverallHealthStore } from './overall-health.store.js';

const HOUR_MS = 3_600_000;

/** Reports the health of the installation, with reasons. */
@Injectable()
export class OverallHealthReader {
  constructor(
    private readonly store: OverallHealthStore,
    private readonly readings: ReadingsStore,
    private readonly windows: MetricWindows,
    private readonly keys: StoredKeys,
  ) {}

  async read(): Promise<OverallHealth & { snapshot: Snapshot }> {
    const snapshot = await this.snapshot();
    return { ...overallHealth(snapshot), snapshot };
  }

  private async snapshot(): Promise<Snapshot> {
    const { deadLetters, waiting, openBreakers, failedChecks } = await this.readings.gauges();
    const gated = new Set(openBreakers.map(subjectKey));
    const ofApps = (await this.windows.counts(HOUR_MS)).filter(({ capability }) => capability === null);
    return {
      ...(await this.store.readings()),
      firingAlerts: await this.store.firing(),
      missingKeys: await this.keys.missing(),
      unhealthyApps: failedChecks.filter(({ failures }) => failures >= UNHEALTHY_FROM),
      openBreakers,
      deadLetters: sum(deadLetters.map(({ count }) => count)),
      waiting: sum(waiting.map(({ count }) => count)),
      oldestWaitingMs: Math.max(
        0,
        ...waiting.filter((row) => !gated.has(subjectKey(row))).map(({ oldestMs }) => oldestMs),
      ),
      calls: sum(ofApps.map(({ calls }) => calls)),
      successes: sum(ofApps.map(({ successes }) => successes)),
    };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
