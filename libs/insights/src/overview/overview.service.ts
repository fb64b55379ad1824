import { Injectable } from '@nestjs/common';
import { MetricSeries, type SeriesNumbers, type SeriesReport } from '@breakwater/metrics';
import { percent } from '../apps/app-state.js';
import { AppSummaries } from '../apps/app-summaries.service.js';
import type { AppSummary } from '../apps/app-summary.js';
import { Processes } from '../processes/processes.service.js';
import { OverviewStore } from './overview.store.js';
import { verdictOf, type Verdict } from './verdict.js';

/** How many of the ended deliveries were completed. */
export interface SuccessRate {
  /** Per cent; null without any. */
  successRate: number | null;
  completed: number;
  ended: number;
}

export interface OverviewReport {
  checkedAt: Date;
  verdict: Verdict;
  apps: Record<AppSummary['state'], number>;
  tiles: {
    deliveriesPerMinute: number;
    lastHour: SuccessRate & { from: Date; to: Date; p95Ms: number | null; calls: number };
    hourBefore: SuccessRate;
    openBreakers: number;
    deadLetters: { count: number; oldestAt: Date | null };
    queue: { oldestDueAt: Date | null; lagSeconds: number };
    workers: { alive: number; lastHeartbeatAt: Date | null } | null;
    firingAlerts: number;
  };
  outcomes: SeriesReport;
}

/** How all is, in one sentence and a few numbers. */
@Injectable()
export class Overview {
  constructor(
    private readonly apps: AppSummaries,
    private readonly metrics: MetricSeries,
    private readonly store: OverviewStore,
    private readonly processes: Processes,
  ) {}

  /** @param as the app whose key is used, which sees its own numbers; null is the platform itself */
  async read(as: string | null): Promise<OverviewReport> {
    const [apps, hours, now, workers, outcomes] = await Promise.all([
      this.apps.all(as),
      this.metrics.lastHours(as),
      this.store.read(as),
      as === null ? this.processes.workers() : null,
      this.outcomes(as),
    ]);
    const openBreakers = total(apps.map((app) => app.openBreakers));
    const facts = { openBreakers, firingAlerts: now.firingAlerts, queueLagSeconds: now.queueLagSeconds };
    return {
      checkedAt: now.checkedAt,
      verdict: verdictOf({ ...facts, apps: apps.map(({ state }) => state), workers: workers?.alive ?? null }),
      apps: countStates(apps),
      tiles: {
        deliveriesPerMinute: Math.round(rateOf(hours.fiveMinutes).ended * 2) / 10,
        lastHour: {
          ...rateOf(hours.last),
          from: new Date(hours.range.to.getTime() - 3_600_000),
          to: hours.range.to,
          p95Ms: hours.last.p95Ms,
          calls: hours.last.total,
        },
        hourBefore: rateOf(hours.before),
        openBreakers,
        deadLetters: {
          count: total(apps.map((app) => app.deadLetters)),
          oldestAt: earliest(apps.map((app) => app.oldestDeadLetterAt)),
        },
        queue: { oldestDueAt: now.oldestDueAt, lagSeconds: Math.floor(now.queueLagSeconds) },
        workers,
        firingAlerts: now.firingAlerts,
      },
      outcomes,
    };
  }

  private async outcomes(as: string | null): Promise<SeriesReport> {
    const range = await this.metrics.range({ window: '24h' });
    return this.metrics.of({ appId: as, capability: null }, range);
  }
}

function rateOf({ ends }: SeriesNumbers): SuccessRate {
  const ended = ends.completed + ends.fallback + ends.failed + ends.deadLetter;
  return { successRate: percent(ends.completed, ended), completed: ends.completed, ended };
}

function countStates(apps: readonly AppSummary[]): OverviewReport['apps'] {
  const counts = { failing: 0, degraded: 0, ok: 0, idle: 0, paused: 0, disabled: 0 };
  for (const { state } of apps) counts[state]++;
  return counts;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

function earliest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((first, at) => (at !== null && (first === null || at < first) ? at : first), null);
}
