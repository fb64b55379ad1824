export { AcceptDelivery, type DeliveryRequest } from './accept/accept-delivery.service.js';
export * from './accept/accept.error.js';
export { AttemptDelivery } from './attempt/attempt-delivery.service.js';
export type { AttemptReport } from './attempt/finish-attempt.service.js';
export type { BulkFilter, BulkPage, BulkResult, BulkStep } from './bulk/bulk.js';
export { BulkDeliveries } from './bulk/bulk-deliveries.service.js';
export { ReplayDeliveries } from './bulk/replay-deliveries.service.js';
export { BulkSources } from './bulk/bulk-sources.service.js';
export { keyOf, REPLAY_RESULTS, whyNotReplayed, type ReplayPair, type ReplayResult } from './bulk/replay.js';
export { RequestCopies, type CopiesOfEvent, type RequestCopy } from './copies/request-copies.service.js';
export type {
  DeadLetterFilter,
  DeadLetterRow,
  DeadLetterWithPayload,
} from './dead-letters/dead-letter.store.js';
export * from './dead-letters/dead-letters.service.js';
export type { CancelFilter } from './deliveries/cancel.store.js';
export * from './deliveries/deliveries.service.js';
export * from './deliveries/delivery.error.js';
export type { AttemptRow, DeliveryFilter, DeliveryRow } from './deliveries/delivery.store.js';
export * from './deliveries/queue-statistics.store.js';
export type { TimelineEntry } from './deliveries/timeline.js';
export * from './delivery.module.js';
export { AcceptCaptures } from './events/accept-captures.service.js';
export { AcceptEvents } from './events/accept-events.service.js';
export type { Capture, CapturedRequest, CaptureNote, NewCapture, StoredCapture } from './events/capture.js';
export type {
  DueEvent,
  EventMatches,
  EventTarget,
  EventToPublish,
  NewEvent,
  Published,
} from './events/event.js';
export { EventFanOut } from './events/event-fan-out.service.js';
export { HeldEvents } from './events/held-events.service.js';
export { HELD_UNTIL_DATE } from './events/held-until.js';
export {
  InvocationLog,
  type Invocation,
  type InvocationAnswer,
} from './invocations/invocation-log.service.js';
export { planRetries, retryDelayMs, type RetryPlan } from './retry/retry-plan.js';
export * from './statistics/delivery-statistics.service.js';
export type { RecentFailure } from './statistics/delivery-statistics.store.js';
export type { DeliveryCounts, DeliverySummary } from './statistics/delivery-statistics.js';
export { queueHealth, type QueueHealth } from './statistics/queue-health.js';
export { Sweeper } from './sweep/sweeper.service.js';
export type { Swept } from './sweep/sweep.store.js';
export { timingsFrom } from './attempt/timings-text.js';
