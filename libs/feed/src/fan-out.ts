import { compare, type Position } from './cursor.js';
import type { FeedItem, Placed } from './item.js';
import type { Scope } from './scope.js';

export interface Live {
  id: string;
  scope: Scope;
  /** It has everything up to here already; null: it is where the process reads. */
  after: Position | null;
}

/** Items that several watchers get. */
export interface Share {
  ids: string[];
  items: FeedItem[];
}

/**
 * Divides what was read among the watchers: each gets the items of its scope that it does not have, in order. Watchers
 * that get the same are in one share, whose text is made once.
 */
export function fanOut(placed: readonly Placed[], watchers: Iterable<Live>): Share[] {
  const shares = new Map<string, Share>();
  const alone: Share[] = [];
  for (const { id, scope, after } of watchers) {
    if (after !== null) {
      const items = itemsFor(scope, placed, after);
      if (items.length > 0) alone.push({ ids: [id], items });
      continue;
    }
    const key = scope.kind === 'global' ? '' : scope.appId;
    const share = shares.get(key) ?? { ids: [], items: [] };
    share.ids.push(id);
    shares.set(key, share);
  }
  for (const { item } of placed) {
    shares.get('')?.items.push(item);
    if (item.projectId !== null && item.projectId !== '') shares.get(item.projectId)?.items.push(item);
  }
  return [...shares.values(), ...alone].filter(({ items }) => items.length > 0);
}

function itemsFor(scope: Scope, placed: readonly Placed[], after: Position): FeedItem[] {
  return placed
    .filter(({ item, position }) => isIn(scope, item) && compare(position, after) > 0)
    .map(({ item }) => item);
}

function isIn(scope: Scope, { projectId }: FeedItem): boolean {
  return scope.kind === 'global' || scope.appId === projectId;
}
