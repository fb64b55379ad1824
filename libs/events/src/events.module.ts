import { Module } from '@nestjs/common';
import { CallingModule } from '@breakwater/calling';
import { DeliveryModule } from '@breakwater/delivery';
import { ManifestModule } from '@breakwater/manifest';
import { CaptureEvents } from './capture/capture-events.service.js';
import { EventCatalogue } from './catalogue/event-catalogue.service.js';
import { EventTypes } from './catalogue/event-types.service.js';
import { EventTypeStore } from './catalogue/event-type.store.js';
import { DirectoryStore } from './directory/directory.store.js';
import { SubscriptionDirectory } from './directory/subscription-directory.service.js';
import { FanOut } from './fan-out/fan-out.service.js';
import { FilterTest } from './filter-test/filter-test.service.js';
import { PastEventStore } from './filter-test/past-events.store.js';
import { PingSubscription } from './ping/ping-subscription.service.js';
import { PublishEvents } from './publish/publish-events.service.js';
import { ReplayableEventStore } from './replay/replayable-event.store.js';
import { ReplayCandidates } from './replay/replay-candidates.service.js';
import { RetryFailed } from './retry/retry-failed.service.js';
import { EventStories } from './stories/event-stories.service.js';
import { EventStore } from './stories/event.store.js';

@Module({
  imports: [ManifestModule, CallingModule, DeliveryModule],
  providers: [
    DirectoryStore,
    SubscriptionDirectory,
    EventTypeStore,
    EventCatalogue,
    EventTypes,
    PublishEvents,
    CaptureEvents,
    FanOut,
    EventStore,
    EventStories,
    ReplayableEventStore,
    ReplayCandidates,
    PastEventStore,
    FilterTest,
    PingSubscription,
    RetryFailed,
  ],
  exports: [
    SubscriptionDirectory,
    EventTypes,
    PublishEvents,
    CaptureEvents,
    FanOut,
    EventStories,
    ReplayCandidates,
    FilterTest,
    PingSubscription,
    RetryFailed,
  ],
})
export class EventsModule {}
