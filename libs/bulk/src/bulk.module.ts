import { Module } from '@nestjs/common';
import { DeliveryModule } from '@breakwater/delivery';
import { EventsModule } from '@breakwater/events';
import { ManifestModule } from '@breakwater/manifest';
import { BulkOperations } from './operations/bulk-operations.service.js';
import { OperationStore } from './operations/operation.store.js';
import { BulkActions } from './run/bulk-actions.service.js';
import { BulkRunner } from './run/bulk-runner.service.js';
import { StepStore } from './run/step.store.js';

@Module({
  imports: [ManifestModule, DeliveryModule, EventsModule],
  providers: [OperationStore, StepStore, BulkActions, BulkRunner, BulkOperations],
  exports: [BulkOperations, BulkRunner],
})
export class BulkModule {}
