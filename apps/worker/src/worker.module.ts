import { Module } from '@nestjs/common';
import { DeliveryModule } from '@breakwater/delivery';
import { MonitoringWorkerModule } from '@breakwater/monitoring';
import { ManifestModule } from '@breakwater/manifest';
import { DeliveriesProcessor } from './deliveries.processor.js';
import { Upkeep } from './upkeep.service.js';

/** The queue and schedule side. Needs the modules of `processModules` beside it. */
@Module({
  imports: [DeliveryModule, ManifestModule, MonitoringWorkerModule],
  providers: [DeliveriesProcessor, Upkeep],
})
export class WorkerModule {}
