import { Module } from '@nestjs/common';
import { DeliveryModule } from '@breakwater/delivery';
import { ManifestModule } from '@breakwater/manifest';
import { DirectoryStore } from './directory/directory.store.js';
import { SubscriptionDirectory } from './directory/subscription-directory.service.js';
import { FanOut } from './fan-out/fan-out.service.js';
import { PublishEvents } from './publish/publish-events.service.js';
import { EventTypes } from './types/event-types.service.js';

@Module({
  imports: [ManifestModule, DeliveryModule],
  providers: [DirectoryStore, SubscriptionDirectory, PublishEvents, FanOut, EventTypes],
  exports: [SubscriptionDirectory, PublishEvents, FanOut, EventTypes],
})
export class EventsModule {}
