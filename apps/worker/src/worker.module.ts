import { Module, type DynamicModule } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { AlertsWorkerModule } from '@breakwater/alerts';
import { BulkModule } from '@breakwater/bulk';
import { DeliveryModule } from '@breakwater/delivery';
import { DoctorWorkerModule } from '@breakwater/doctor';
import { EventsModule } from '@breakwater/events';
import { InsightsModule } from '@breakwater/insights';
import { ManifestModule } from '@breakwater/manifest';
import { MetricsModule } from '@breakwater/metrics';
import { NotificationsWorkerModule } from '@breakwater/notifications';
import { Config, HintBus } from '@breakwater/platform';
import { UpkeepModule } from '@breakwater/upkeep';
import { DeliveriesProcessor } from './deliveries.processor.js';
import { PeriodicRunner } from './periodic-runner.service.js';
import { schedules } from './schedules.js';
import { shardProcessors } from './shards.processor.js';

/** The queue and the periodic work. Needs the modules of a whole process beside it (run.ts). */
@Module({
  imports: [
    AlertsWorkerModule,
    BulkModule,
    DeliveryModule,
    DoctorWorkerModule,
    EventsModule,
    InsightsModule,
    ManifestModule,
    MetricsModule,
    NotificationsWorkerModule,
    ScheduleModule.forRoot(),
    UpkeepModule,
  ],
  providers: [
    DeliveriesProcessor,
    {
      provide: PeriodicRunner,
      inject: [Config, HintBus, SchedulerRegistry, ModuleRef],
      useFactory: (config: Config, hints: HintBus, registry: SchedulerRegistry, modules: ModuleRef) =>
        new PeriodicRunner(
          schedules(config, (type) => modules.get(type, { strict: false })),
          hints,
          registry,
        ),
    },
  ],
})
export class WorkerModule {
  /** With a processor for each queue. */
  static forRoot(config: Config): DynamicModule {
    return { module: WorkerModule, providers: shardProcessors(config) };
  }
}
