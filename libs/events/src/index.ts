export { SubscriptionDirectory, SUBSCRIPTIONS_CHANNEL } from './directory/subscription-directory.service.js';
export { EventsModule } from './events.module.js';
export { FAN_OUT_CHANNEL, FanOut } from './fan-out/fan-out.service.js';
export {
  MADE_AT_ONCE,
  PublishEvents,
  type EventRequest,
  type PublishReport,
} from './publish/publish-events.service.js';
export { EventTypes } from './types/event-types.service.js';
