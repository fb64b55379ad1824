import { Module } from '@nestjs/common';
import { ManifestModule } from '@breakwater/manifest';
import { MetricsModule } from '@breakwater/metrics';
import { AppNumbersStore } from './apps/app-numbers.store.js';
import { AppSeries } from './apps/app-series.service.js';
import { AppSummaries } from './apps/app-summaries.service.js';
import { MarkersStore } from './apps/markers.store.js';
import { Overview } from './overview/overview.service.js';
import { OverviewStore } from './overview/overview.store.js';
import { HeartbeatStore } from './processes/heartbeat.store.js';
import { Heartbeats } from './processes/heartbeats.service.js';
import { Processes } from './processes/processes.service.js';
import { Search } from './search/search.service.js';
import { SearchStore } from './search/search.store.js';
import { SystemReader } from './system/system.service.js';
import { SystemStore } from './system/system.store.js';

/** What people read about all of it, and the heartbeat of this process. */
@Module({
  imports: [ManifestModule, MetricsModule],
  providers: [
    AppNumbersStore,
    AppSeries,
    AppSummaries,
    Heartbeats,
    HeartbeatStore,
    MarkersStore,
    Overview,
    OverviewStore,
    Processes,
    Search,
    SearchStore,
    SystemReader,
    SystemStore,
  ],
  exports: [AppSeries, AppSummaries, Heartbeats, Overview, Processes, Search, SystemReader],
})
export class InsightsModule {}
