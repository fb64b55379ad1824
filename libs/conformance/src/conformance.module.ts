import { Module } from '@nestjs/common';
import { CallingModule } from '@breakwater/calling';
import { ManifestModule } from '@breakwater/manifest';
import { Conformance } from './run/conformance.service.js';
import { ConformanceRunStore } from './run/conformance-run.store.js';
import { RunChecks } from './run/run-checks.service.js';

@Module({
  imports: [CallingModule, ManifestModule],
  providers: [Conformance, ConformanceRunStore, RunChecks],
  exports: [Conformance],
})
export class ConformanceModule {}
