import type { AllAppsStore, MetricSeries, RollUp } from '@breakwater/metrics';
import { PeriodicRuns, type Config, type Database } from '@breakwater/platform';
import { AllAppsStore as AllApps } from '../../metrics/src/roll-up/all-apps.store.js';
import { RollUp as Roll } from '../../metrics/src/roll-up/roll-up.service.js';
import { RollUpStore } from '../../metrics/src/roll-up/roll-up.store.js';
import { MetricSeries as Series } from '../../metrics/src/series/metric-series.service.js';
import { SeriesStore } from '../../metrics/src/series/series.store.js';

/** The parts of libs/metrics over a database. */
export function metricsOf(
  database: Database,
  config: Config,
): { rollUp: RollUp; series: MetricSeries; allApps: AllAppsStore } {
  return {
    rollUp: new Roll(new RollUpStore(database), new PeriodicRuns(database), config),
    series: new Series(new SeriesStore(database)),
    allApps: new AllApps(),
  };
}
