import { Module } from '@nestjs/common';
import { DeliveryModule } from '@breakwater/delivery';
import { MonitoringWorkerModule } from '@breakwater/monitoring';
import { DeliveriesProcessor } from './deliveries.processor.js';

/** The queue and schedule side. Needs the modules of `processModules` beside it. */
@Module({
  imports: [DeliveryModule, MonitoringWorkerModule],
  providers: [DeliveriesProcessor],
})
export class WorkerModule {}
