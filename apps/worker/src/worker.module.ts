import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { DeliveryModule } from '@breakwater/delivery';
import { MonitoringWorkerModule } from '@breakwater/monitoring';
import { DeliveriesProcessor } from './deliveries.processor.js';

/** The queue and schedule side. Needs the modules of `processModules` beside it. */
@Module({
  imports: [ScheduleModule.forRoot(), DeliveryModule, MonitoringWorkerModule],
  providers: [DeliveriesProcessor],
})
export class WorkerModule {}
