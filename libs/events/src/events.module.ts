import { Module } from '@nestjs/common';
import { DeliveryModule } from '@breakwater/delivery';
import { ManifestModule } from '@breakwater/manifest';
import { DirectoryStore } from './directory/directory.store.js';
import { SubscriptionDirectory } from './directory/subscription-directory.service.js';
import { FanOut } from './fan-out/fan-out.service.js';
import { PublishEvents } from './publish/publish-events.service.js';
import { EventStories } from './stories/event-stories.service.js';
import { EventStore } from './stories/event.store.js';

@Module({
  imports: [ManifestModule, DeliveryModule],
  providers: [DirectoryStore, SubscriptionDirectory, PublishEvents, FanOut, EventStore, EventStories],
  exports: [SubscriptionDirectory, PublishEvents, FanOut, EventStories],
})
export class EventsModule {}
