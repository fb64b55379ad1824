import { eventDeliveryId } from './event-delivery-id.js';
import type { EventTarget, NewEvent, Published } from './event.js';

/** A delivery of an event to create. */
export interface NewEventDelivery {
  id: string;
  eventId: string;
  endpointId: string;
  /** Deadline of the first attempt, ms. */
  timeoutMs: number;
  maxAttempts: number;
}

/** The settings for subscriptions that do not define their own. */
export interface TargetDefaults {
  /** Deadline of an attempt, ms. */
  timeoutMs: number;
  maxAttemptsOf: (retry: EventTarget['retry']) => number;
}

/** @param event `dueAt`: when the event is fanned out; null: at once */
export function eventDeliveries(
  event: { id: string; dueAt: Date | null },
  targets: readonly EventTarget[],
  defaults: TargetDefaults,
): NewEventDelivery[] {
  return targets.map(({ endpointId, timeoutMs, retry }) => ({
    id: eventDeliveryId(event.id, endpointId, event.dueAt?.getTime()),
    eventId: event.id,
    endpointId,
    timeoutMs: timeoutMs ?? defaults.timeoutMs,
    maxAttempts: defaults.maxAttemptsOf(retry),
  }));
}

/** The first use of an idempotency key. */
export interface EarlierEvent {
  /** The app, or '' for the platform. */
  scope: string;
  key: string;
  digest: string;
  eventId: string;
  /** Whether the key is still remembered: an expired one may be used for another event. */
  isLive: boolean;
}

type Keyed = Pick<NewEvent, 'id' | 'appId' | 'idempotency'>;

/** Removes events whose key occurs earlier in the batch. */
export function withoutRepeatedKeys<Event extends Keyed>(events: readonly Event[]): Event[] {
  const seen = new Set<string>();
  return events.filter((event) => {
    const key = placeOf(event);
    if (key === null) return true;
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
}

/** The result for an event that was not stored because its key was already used. */
export function replayOf(event: Keyed, earlier: readonly EarlierEvent[]): Published {
  const key = event.idempotency?.key ?? '';
  const first = earlier.find((one) => one.scope === (event.appId ?? '') && one.key === key);
  return first?.digest === event.idempotency?.digest && first
    ? { kind: 'replayed', eventId: first.eventId }
    : { kind: 'conflict', key };
}

/** Scope and key in one text; null if there is no key. */
function placeOf({ appId, idempotency }: Keyed): string | null {
  return idempotency ? `${appId ?? ''}\0${idempotency.key}` : null;
}
