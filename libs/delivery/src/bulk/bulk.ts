/** Which dead letters or waiting deliveries a bulk operation concerns; an absent field matches all. */
export interface BulkFilter {
  appId?: string;
  capability?: string;
  endpointId?: string;
  /** Dead letters only. */
  category?: string;
  reason?: string;
  /** When it failed, or when the delivery was accepted. */
  from?: Date;
  to?: Date;
}

/** What a bulk operation may change. */
export interface BulkCandidate {
  /** A dead letter or a delivery. */
  subjectId: string;
  endpointId: string;
  appId: string;
  /** Of an event, or the capability of a call. */
  type: string;
}

/** Candidates, and where the next page begins; null: there are no more. */
export interface BulkPage {
  candidates: BulkCandidate[];
  next: string | null;
}

/** What became of one item. `skipped`: there was nothing to do any more. */
export interface BulkResult {
  result: 'succeeded' | 'skipped' | 'failed';
  /** Null if it succeeded. */
  reason: string | null;
  /** The delivery that was created or changed. */
  deliveryId: string | null;
}

/** The results of a step in the order of its items, and what to wake after the commit. */
export interface BulkStep {
  results: BulkResult[];
  wake: { deliveryIds: string[]; endpointIds: string[] };
}

/** A delivery that a step could not change, as it is now. */
export interface FoundDelivery {
  id: string;
  status: string;
  takesDeliveries: boolean | null;
}

export const succeeded = (deliveryId: string | null): BulkResult => {
  return { result: 'succeeded', reason: null, deliveryId };
};
export const skipped = (reason: string, deliveryId: string | null = null): BulkResult => {
  return { result: 'skipped', reason, deliveryId };
};
export const failed = (reason: string, deliveryId: string | null = null): BulkResult => {
  return { result: 'failed', reason, deliveryId };
};

/** Why a delivery was not sent again. */
export function notRedelivered(found: FoundDelivery | undefined): BulkResult {
  if (!found) return failed('its delivery is no longer stored');
  if (found.status === 'pending') return skipped('it is not finished', found.id);
  if (!found.takesDeliveries) return failed('its endpoint is disabled or was removed', found.id);
  return skipped(`it is ${found.status}`, found.id);
}

/** Why a delivery was not cancelled. */
export function notCancelled(found: FoundDelivery | undefined): BulkResult {
  if (!found) return failed('its delivery is no longer stored');
  if (found.status === 'pending') return skipped('its call was in progress', found.id);
  return skipped(`it is ${found.status}`, found.id);
}

/** Why a dead letter was not resolved. */
export function notResolved(found: { deliveryId: string } | undefined): BulkResult {
  return found ? skipped('it was already resolved', found.deliveryId) : skipped('it was deleted');
}
