import { Module } from '@nestjs/common';
import { CallingModule } from '@breakwater/calling';
import { CircuitBreakerModule } from '@breakwater/circuit-breaker';
import { ManifestModule } from '@breakwater/manifest';
import { AcceptDelivery } from './accept/accept-delivery.service.js';
import { AcceptStore } from './accept/accept.store.js';
import { AttemptDelivery } from './attempt/attempt-delivery.service.js';
import { AttemptLog } from './attempt/attempt-log.service.js';
import { ClaimStore } from './attempt/claim.store.js';
import { FinishAttempt } from './attempt/finish-attempt.service.js';
import { FinishStore } from './attempt/finish.store.js';
import { WindowStore } from './attempt/window.store.js';
import { Windows } from './attempt/windows.service.js';
import { BulkChangeStore } from './bulk/bulk-change.store.js';
import { BulkDeliveries } from './bulk/bulk-deliveries.service.js';
import { BulkSourceStore } from './bulk/bulk-source.store.js';
import { BulkSources } from './bulk/bulk-sources.service.js';
import { ReplayDeliveries } from './bulk/replay-deliveries.service.js';
import { RequestCopies } from './copies/request-copies.service.js';
import { RequestCopiesStore } from './copies/request-copies.store.js';
import { DeadLetterGroupsStore } from './dead-letters/dead-letter-groups.store.js';
import { DeadLetterStore } from './dead-letters/dead-letter.store.js';
import { DeadLetters } from './dead-letters/dead-letters.service.js';
import { Deliveries } from './deliveries/deliveries.service.js';
import { QueueStatisticsReader } from './deliveries/queue-statistics.store.js';
import { CancelStore } from './deliveries/cancel.store.js';
import { DeliveryStore } from './deliveries/delivery.store.js';
import { RedeliverStore } from './deliveries/redeliver.store.js';
import { AcceptCaptures } from './events/accept-captures.service.js';
import { AcceptEvents } from './events/accept-events.service.js';
import { CaptureStore } from './events/capture.store.js';
import { EventBodies } from './events/event-bodies.service.js';
import { EventBodyStore } from './events/event-body.store.js';
import { EventFanOut } from './events/event-fan-out.service.js';
import { FanOutStore } from './events/fan-out.store.js';
import { HeldEvents } from './events/held-events.service.js';
import { HeldEventStore } from './events/held-event.store.js';
import { PublishStore } from './events/publish.store.js';
import { InvocationLog } from './invocations/invocation-log.service.js';
import { InvocationStore } from './invocations/invocation.store.js';
import { DeliveryStatisticsReader } from './statistics/delivery-statistics.service.js';
import { DeliveryStatisticsStore } from './statistics/delivery-statistics.store.js';
import { Sweeper } from './sweep/sweeper.service.js';
import { SweepStore } from './sweep/sweep.store.js';

@Module({
  imports: [ManifestModule, CircuitBreakerModule, CallingModule],
  providers: [
    AcceptDelivery,
    AcceptStore,
    AcceptEvents,
    PublishStore,
    AcceptCaptures,
    CaptureStore,
    EventFanOut,
    FanOutStore,
    HeldEvents,
    HeldEventStore,
    EventBodies,
    EventBodyStore,
    InvocationLog,
    InvocationStore,
    AttemptDelivery,
    AttemptLog,
    ClaimStore,
    FinishAttempt,
    FinishStore,
    WindowStore,
    Windows,
    BulkDeliveries,
    ReplayDeliveries,
    BulkChangeStore,
    BulkSources,
    BulkSourceStore,
    Deliveries,
    DeliveryStore,
    RedeliverStore,
    CancelStore,
    DeadLetters,
    DeadLetterGroupsStore,
    DeadLetterStore,
    QueueStatisticsReader,
    Sweeper,
    SweepStore,
    DeliveryStatisticsReader,
    DeliveryStatisticsStore,
    RequestCopies,
    RequestCopiesStore,
  ],
  exports: [
    AcceptDelivery,
    AcceptEvents,
    AcceptCaptures,
    EventFanOut,
    HeldEvents,
    AttemptDelivery,
    BulkDeliveries,
    ReplayDeliveries,
    BulkSources,
    DeadLetters,
    Deliveries,
    InvocationLog,
    DeliveryStatisticsReader,
    QueueStatisticsReader,
    RequestCopies,
    Sweeper,
  ],
})
export class DeliveryModule {}
