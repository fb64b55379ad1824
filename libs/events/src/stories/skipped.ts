import {
  compiled,
  whySkipped,
  type MatchableEvent,
  type SkipReason,
  type SubscriptionVersion,
} from '../directory/directory.js';

/** A subscription that an event was not delivered to. */
export interface Skipped {
  endpointId: string;
  appId: string;
  /** The subscription's name when the event was matched. */
  name: string;
  reason: SkipReason['reason'];
  /** JSON pointer to the term of its filter that does not match. */
  term: string | null;
}

/**
 * The subscriptions that an event was not delivered to, and why.
 * @param subscriptions as they were when the event was matched
 * @param delivered endpoints that have a delivery of the event
 * @param isOver whether the fan-out is complete: then a matching subscription without a delivery was disabled or
 *   deleted during the fan-out
 */
export function skippedBy(
  event: MatchableEvent,
  subscriptions: readonly SubscriptionVersion[],
  { delivered, isOver }: { delivered: ReadonlySet<string>; isOver: boolean },
): Skipped[] {
  return subscriptions
    .filter(({ endpointId }) => !delivered.has(endpointId))
    .flatMap((subscription) => {
      const why = whySkipped(compiled(subscription), event);
      if (!why && !isOver) return [];
      const { endpointId, appId, name } = subscription;
      const term = why?.reason === 'filter' ? why.term : null;
      return [{ endpointId, appId, name, reason: why?.reason ?? 'disabled', term }];
    });
}
