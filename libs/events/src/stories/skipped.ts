import {
  compiled,
  whySkipped,
  type HeardEvent,
  type SkipReason,
  type SubscriptionVersion,
} from '../directory/directory.js';

/** A subscription that an event was not delivered to. */
export interface Skipped {
  endpointId: string;
  appId: string;
  /** Of the subscription, then. */
  name: string;
  reason: SkipReason['reason'];
  /** JSON pointer into its filter: the term that does not hold. */
  term: string | null;
}

/**
 * The subscriptions that an event was not delivered to, and why.
 * @param subscriptions as they were when it was matched
 * @param delivered endpoints that have a delivery of it
 * @param isOver whether all its deliveries are made: then one that is missing was disabled or deleted before its turn
 */
export function skippedBy(
  event: HeardEvent,
  subscriptions: readonly SubscriptionVersion[],
  delivered: ReadonlySet<string>,
  isOver: boolean,
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
