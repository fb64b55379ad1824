import { Module } from '@nestjs/common';
import { CallingModule } from '@breakwater/calling';
import { EventsModule } from '@breakwater/events';
import { ManifestModule } from '@breakwater/manifest';
import { Conformance } from './run/conformance.service.js';
import { Targets } from './run/targets.service.js';
import { ConformanceRunStore } from './run/conformance-run.store.js';
import { RunChecks } from './run/run-checks.service.js';

@Module({
  imports: [CallingModule, EventsModule, ManifestModule],
  providers: [Conformance, ConformanceRunStore, RunChecks, Targets],
  exports: [Conformance],
})
export class ConformanceModule {}
