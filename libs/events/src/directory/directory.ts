import { compileFilter, compileTypes, firstMismatch, type CompiledFilter } from '@breakwater/filter';
import type { RetrySetting } from '@breakwater/manifest';

/** A subscription as it was from one version of the directory until another. */
export interface SubscriptionVersion {
  endpointId: string;
  appId: string;
  name: string;
  fromVersion: number;
  /** Null: this is the current state. */
  untilVersion: number | null;
  events: string[];
  filter: unknown;
  timeoutMs: number | null;
  retry: RetrySetting | null;
  state: 'active' | 'paused' | 'disabled';
}

/** Compiled types and filter of a subscription. */
export interface CompiledSelection {
  takesType: (type: string) => boolean;
  /** Null: it has no filter. */
  taken: CompiledFilter | null;
}

export type CompiledSubscription = SubscriptionVersion & CompiledSelection;

/** An event, ready to be matched. */
export interface MatchableEvent {
  type: string;
  /** The parsed payload; undefined if it is not JSON. Called only if a filter needs it. */
  payload: () => unknown;
  headers: Readonly<Record<string, string>> | null;
  metadata: Record<string, unknown> | null;
}

/** Why an event is not delivered to a subscription. */
export type SkipReason =
  | { reason: 'type' }
  /** `term`: JSON pointer to the term of its filter that does not match. */
  | { reason: 'filter'; term: string }
  | { reason: 'disabled' };

/** The subscriptions of one app or of all apps at one version, sorted by endpoint id. */
export interface Directory {
  version: number;
  subscriptions: readonly CompiledSubscription[];
}

export const EMPTY: Directory = { version: 0, subscriptions: [] };

/**
 * Applies changes to a directory. Unchanged subscriptions are not compiled again.
 * @param changes subscription versions that began or ended after the directory's version
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

/** Subscriptions that match an event. */
export interface Matches {
  directoryVersion: number;
  /** Sorted by endpoint id. Paused ones are among them: their deliveries wait. */
  targets: CompiledSubscription[];
  more: boolean;
  /** The last endpoint of `targets`; null: there is none. */
  cursor: string | null;
}

/**
 * The subscriptions that match an event.
 * @param after return only endpoints after this one
 * @param limit maximum number returned
 */
export function matchesOf(
  { version, subscriptions }: Directory,
  event: MatchableEvent,
  { after, limit }: { after: string | null; limit: number },
): Matches {
  const targets: CompiledSubscription[] = [];
  let more = false;
  for (const subscription of subscriptions) {
    if (after !== null && subscription.endpointId <= after) continue;
    if (whySkipped(subscription, event) !== null) continue;
    more = targets.length === limit;
    if (more) break;
    targets.push(subscription);
  }
  return { directoryVersion: version, targets, more, cursor: targets.at(-1)?.endpointId ?? null };
}

/** Why an event is not delivered to a subscription; null if it is. */
export function whySkipped(subscription: CompiledSubscription, event: MatchableEvent): SkipReason | null {
  return (
    whyNotSelected(subscription, event) ?? (subscription.state === 'disabled' ? { reason: 'disabled' } : null)
  );
}

/** Why types or filter do not match an event; null if they do. */
export function whyNotSelected(selection: CompiledSelection, event: MatchableEvent): SkipReason | null {
  if (!selection.takesType(event.type)) return { reason: 'type' };
  if (!selection.taken) return null;
  const { type, headers, metadata } = event;
  const term = firstMismatch(selection.taken, {
    type,
    payload: event.payload(),
    headers: headers ?? {},
    metadata: metadata ?? {},
  });
  return term === null ? null : { reason: 'filter', term };
}

export function compiled(subscription: SubscriptionVersion): CompiledSubscription {
  return { ...subscription, ...compiledSelection(subscription) };
}

export function compiledSelection({
  events,
  filter: document,
}: Pick<SubscriptionVersion, 'events' | 'filter'>): CompiledSelection {
  const filter = document === null ? null : compileFilter(document);
  // A stored filter that this version refuses matches no event, rather than every event.
  const taken = Array.isArray(filter) ? REFUSED : filter;
  return { takesType: compileTypes(events), taken };
}

const REFUSED: CompiledFilter = { root: { kind: 'any', pointer: '', terms: [] } };
