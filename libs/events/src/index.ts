export { SubscriptionDirectory, SUBSCRIPTIONS_CHANNEL } from './directory/subscription-directory.service.js';
export { EventsModule } from './events.module.js';
export { FAN_OUT_CHANNEL, FanOut } from './fan-out/fan-out.service.js';
export {
  MADE_AT_ONCE,
  PublishEvents,
  type EventRequest,
  type PublishReport,
} from './publish/publish-events.service.js';
export {
  EventStories,
  LISTED,
  type EventDelivery,
  type EventStory,
} from './stories/event-stories.service.js';
export { EventNotFoundError } from './stories/event.error.js';
export type { EventFilter, EventRow, EventStatus, EventWithBody } from './stories/event.store.js';
export type { Skipped } from './stories/skipped.js';
