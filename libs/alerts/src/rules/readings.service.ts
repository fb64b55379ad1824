import { Injectable } from '@nestjs/common';
import { MetricWindows, type WindowCounts } from '@breakwater/metrics';
import type { AlertRule } from './alert-rule.js';
import { measure, needsCounts, type Measurement } from './measure.js';
import { ReadingsStore } from './readings.store.js';

/** Measures rules: gauges are read once for all of them, counts of calls once per window. */
@Injectable()
export class Readings {
  constructor(
    private readonly store: ReadingsStore,
    private readonly windows: MetricWindows,
  ) {}

  async of(rules: readonly AlertRule[]): Promise<(rule: AlertRule) => Measurement[]> {
    const gauges = await this.store.gauges();
    const counts = new Map<number, WindowCounts[]>();
    for (const windowMs of new Set(rules.filter(needsCounts).map((rule) => rule.windowMs))) {
      counts.set(windowMs, await this.windows.counts(windowMs));
    }
    return (rule) => measure(rule, counts.get(rule.windowMs) ?? [], gauges);
  }
}
