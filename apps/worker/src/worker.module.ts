import { Module } from '@nestjs/common';
import { DeliveryModule } from '@breakwater/delivery';
import { AlertsWorkerModule } from '@breakwater/alerts';
import { CircuitBreakerModule } from '@breakwater/circuit-breaker';
import { ManifestModule } from '@breakwater/manifest';
import { MetricsModule } from '@breakwater/metrics';
import { NotificationsWorkerModule } from '@breakwater/notifications';
import { UpkeepModule } from '@breakwater/upkeep';
import { ScheduleModule } from '@nestjs/schedule';
import { DeliveriesProcessor } from './deliveries.processor.js';
import { MonitoringSchedules } from './monitoring-schedules.service.js';

/** The queue and schedule side. Needs the modules of `processModules` beside it. */
@Module({
  imports: [
    AlertsWorkerModule,
    CircuitBreakerModule,
    DeliveryModule,
    ManifestModule,
    MetricsModule,
    NotificationsWorkerModule,
    ScheduleModule.forRoot(),
    UpkeepModule,
  ],
  providers: [DeliveriesProcessor, MonitoringSchedules],
})
export class WorkerModule {}
