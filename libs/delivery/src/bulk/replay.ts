import { failed, skipped, type BulkResult } from './bulk.js';

/** Which subscriptions get an event again: all that match it, or those whose delivery failed or does not exist. */
export const REPLAY_RESULTS = ['all', 'failed', 'missing'] as const;
export type ReplayResult = (typeof REPLAY_RESULTS)[number];

/** An event to be delivered again to an endpoint. */
export interface ReplayPair {
  eventId: string;
  endpointId: string;
}

/** The deliveries of one event to one endpoint. */
export interface ReplayHistory extends ReplayPair {
  /** The original. */
  firstId: string;
  isCompleted: boolean;
  isPending: boolean;
  isDead: boolean;
}

export function keyOf({ eventId, endpointId }: ReplayPair): string {
  return `${eventId} ${endpointId}`;
}

/** Why an event is not delivered again to an endpoint; null if it is. */
export function whyNotReplayed(wanted: ReplayResult, history: ReplayHistory | undefined): string | null {
  switch (wanted) {
    case 'all':
      return null;
    case 'missing':
      return history ? 'it has a delivery' : null;
    case 'failed':
      if (!history) return 'it has no delivery that failed';
      if (history.isCompleted) return 'it was delivered';
      if (history.isPending) return 'a delivery of it is not finished';
      return history.isDead ? null : 'it has no delivery that failed';
  }
}

/** Why no delivery was created for a pair. */
export function notCreated(
  endpoint: { status: string; hold: string | null } | undefined,
  isStored: boolean,
): BulkResult {
  if (!isStored) return failed('its event is no longer stored');
  if (!endpoint || endpoint.status === 'removed') return failed('its subscription was deleted');
  if (endpoint.hold === 'disabled') return failed('its subscription is disabled');
  return skipped('its subscription was changed meanwhile');
}
