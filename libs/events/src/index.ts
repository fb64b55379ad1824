export { CaptureEvents } from './capture/capture-events.service.js';
export {
  EventRefusedError,
  EventTypeInvalidError,
  EventTypeNotFoundError,
  EventTypeReservedError,
  EventTypesFullError,
} from './catalogue/event-type.error.js';
export type { EventTypeEntry, SchemaMode } from './catalogue/event-type.js';
export type { EventTypeView } from './catalogue/event-type.store.js';
export { EVENT_TYPES_MAX, EventTypes } from './catalogue/event-types.service.js';
export { SubscriptionDirectory, SUBSCRIPTIONS_CHANNEL } from './directory/subscription-directory.service.js';
export { EventsModule } from './events.module.js';
export type { SampleEvent, Sampled } from './filter-test/filter-comparison.js';
export { FilterTest, TESTED_MAX, type FilterReport } from './filter-test/filter-test.service.js';
export { FAN_OUT_CHANNEL, FanOut } from './fan-out/fan-out.service.js';
export { PingSubscription, type PingReport } from './ping/ping-subscription.service.js';
export {
  MADE_AT_ONCE,
  PublishEvents,
  type EventRequest,
  type PublishReport,
} from './publish/publish-events.service.js';
export { ReplayCandidates, type ReplayFilter } from './replay/replay-candidates.service.js';
export { RetryFailed } from './retry/retry-failed.service.js';
export {
  EventStories,
  LISTED,
  type EventDelivery,
  type EventStory,
} from './stories/event-stories.service.js';
export { EventNotFoundError } from './stories/event.error.js';
export type { EventFilter, EventRow, EventStatus, EventWithBody } from './stories/event.store.js';
export type { Skipped } from './stories/skipped.js';
