import type { FeedItem } from '../feed-line.js';

/** What is asked of the API for an item of the feed. */
export type Asked = { eventId: string } | { deliveryId: string };

export interface Wish {
  /** Only what this source captured. */
  source: string | undefined;
  /** Event types, `*` replaces names; empty: all. */
  events: readonly string[];
}

/** The event id is in the item of a delivery as well, but not in that of a call. */
export type ListenedItem = FeedItem & { eventId?: string };

/**
 * Which requests an item of the feed is about; null: none that this listener gets. An event is received once; its
 * deliveries that were made later, as for a replay, are known by their attempts.
 * @param isKnown whether the requests of a delivery came before
 */
export function askedFor(
  item: ListenedItem,
  wish: Wish,
  isKnown: (deliveryId: string) => boolean,
): Asked | null {
  const { status, eventType, eventId, deliveryId } = item;
  if (!isWished(eventType, wish)) return null;
  if (deliveryId !== undefined) {
    // A call is shown when it is received; its attempts follow.
    const isCall = eventId === undefined;
    if (isKnown(deliveryId) || (isCall && status !== 'received')) return null;
    return { deliveryId };
  }
  return status === 'received' && eventId !== undefined ? { eventId } : null;
}

function isWished(type: string, { source, events }: Wish): boolean {
  if (source !== undefined && type !== `inbound.${source}`) return false;
  return events.length === 0 || events.some((pattern) => matches(type.split('.'), pattern.split('.')));
}

/** As in a subscription: `*` is one name, at the end one or more. */
function matches(names: readonly string[], pattern: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '*';
  if (isOpen ? names.length < pattern.length : names.length !== pattern.length) return false;
  return pattern.every((name, at) => name === '*' || name === names[at]);
}
