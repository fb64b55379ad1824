import { compileFilter, compileTypes, firstMismatch, type CompiledFilter } from '@breakwater/filter';
import type { RetrySetting } from '@breakwater/manifest';

/** What a subscription was, from one version of the directory on. */
export interface SubscriptionVersion {
  endpointId: string;
  appId: string;
  name: string;
  fromVersion: number;
  /** Null: it is so now. */
  untilVersion: number | null;
  events: string[];
  filter: unknown;
  timeoutMs: number | null;
  retry: RetrySetting | null;
  state: 'active' | 'paused' | 'disabled';
}

/** A subscription ready to be asked. */
export interface CompiledSubscription extends SubscriptionVersion {
  takesType: (type: string) => boolean;
  /** Null: it takes all events of its types. */
  taken: CompiledFilter | null;
}

/** An event as its subscriptions see it. */
export interface HeardEvent {
  type: string;
  /** Its payload; undefined where that is not JSON. Asked for when a filter needs it. */
  payload: () => unknown;
  headers: Readonly<Record<string, string>> | null;
  metadata: Record<string, unknown> | null;
}

/** Why a subscription does not hear an event. */
export type SkipReason =
  | { reason: 'type' }
  /** `term` is a JSON pointer into its filter. */
  | { reason: 'filter'; term: string }
  | { reason: 'disabled' };

/** Subscriptions at one version, in the order of their endpoints' ids: of one app, or of all. */
export interface Directory {
  version: number;
  subscriptions: readonly CompiledSubscription[];
}

export const EMPTY: Directory = { version: 0, subscriptions: [] };

/**
 * The directory after what changed since its version. What did not change is not compiled again.
 * @param changes those begun or ended after the directory's version
 */
export function changed(
  directory: Directory,
  version: number,
  changes: readonly SubscriptionVersion[],
): Directory {
  if (changes.length === 0) return { ...directory, version };
  const byEndpoint = new Map(directory.subscriptions.map((one) => [one.endpointId, one]));
  for (const change of changes.toSorted((one, other) => one.fromVersion - other.fromVersion)) {
    if (change.untilVersion === null) byEndpoint.set(change.endpointId, compiled(change));
    else byEndpoint.delete(change.endpointId);
  }
  const subscriptions = [...byEndpoint.values()].toSorted((one, other) =>
    one.endpointId < other.endpointId ? -1 : 1,
  );
  return { version, subscriptions };
}

/**
 * Subscriptions that hear an event, in the order of their endpoints' ids. A paused one hears it: its delivery waits.
 * @param after the endpoint behind which to begin
 * @param limit most of them
 */
export function listeners(
  { subscriptions }: Directory,
  event: HeardEvent,
  { after, limit }: { after: string | null; limit: number },
): { targets: CompiledSubscription[]; more: boolean } {
  const targets: CompiledSubscription[] = [];
  for (const subscription of subscriptions) {
    if (after !== null && subscription.endpointId <= after) continue;
    if (whySkipped(subscription, event) !== null) continue;
    if (targets.length === limit) return { targets, more: true };
    targets.push(subscription);
  }
  return { targets, more: false };
}

/** Why a subscription does not hear an event; null where it does. */
export function whySkipped(subscription: CompiledSubscription, event: HeardEvent): SkipReason | null {
  if (!subscription.takesType(event.type)) return { reason: 'type' };
  if (subscription.taken) {
    const { type, headers, metadata } = event;
    const term = firstMismatch(subscription.taken, {
      type,
      payload: event.payload(),
      headers: headers ?? {},
      metadata: metadata ?? {},
    });
    if (term !== null) return { reason: 'filter', term };
  }
  return subscription.state === 'disabled' ? { reason: 'disabled' } : null;
}

export function compiled(subscription: SubscriptionVersion): CompiledSubscription {
  const filter = subscription.filter === null ? null : compileFilter(subscription.filter);
  // One that a later version of this program refuses takes nothing, rather than everything.
  const taken = Array.isArray(filter) ? REFUSED : filter;
  return { ...subscription, takesType: compileTypes(subscription.events), taken };
}

const REFUSED: CompiledFilter = { root: { kind: 'any', pointer: '', terms: [] } };
