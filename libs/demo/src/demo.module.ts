import { Module } from '@nestjs/common';
import { ManifestModule } from '@breakwater/manifest';
import { MetricsModule } from '@breakwater/metrics';
import { DemoHistory } from './demo-history.service.js';
import { DemoDayStore } from './demo-day.store.js';
import { DemoRemovalStore } from './demo-removal.store.js';

/** The demo of `npm start`: apps with a day of history, marked and removed as a whole. */
@Module({
  imports: [ManifestModule, MetricsModule],
  providers: [DemoDayStore, DemoHistory, DemoRemovalStore],
  exports: [DemoHistory],
})
export class DemoModule {}
