import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, type Position } from './cursor.js';
import { fanOut, type Live } from './fan-out.js';
import type { FeedItem, Placed } from './item.js';

const APPS = ['shop', 'quiz', 'silent'];
const placeAt = (transaction: number): Position => ({ transaction, source: 0, id: 'x', number: 0, atS: 0 });

function placedOf(apps: readonly (string | null)[]): Placed[] {
  return apps.map((projectId, at) => ({
    position: placeAt(at),
    item: { projectId, cursor: String(at) } as FeedItem,
  }));
}

describe('what was read', () => {
  it('reaches each watcher once, in order: the items of its scope that it does not have', () => {
    const live = fc.record({
      scope: fc.constantFrom<Live['scope'][]>(
        { kind: 'global' },
        ...APPS.map((appId) => ({ kind: 'app' as const, appId })),
      ),
      after: fc.option(fc.nat(12).map(placeAt), { nil: null }),
    });
    const items = fc.array(fc.option(fc.constantFrom(...APPS), { nil: null }), { maxLength: 12 });
    fc.assert(
      fc.property(items, fc.array(live, { maxLength: 8 }), (apps, found) => {
        const placed = placedOf(apps);
        const watchers = found.map((watcher, id) => ({ ...watcher, id: String(id) }));
        const got = new Map<string, FeedItem[]>();
        for (const { ids, items: shared } of fanOut(placed, watchers)) {
          expect(shared.length).toBeGreaterThan(0);
          for (const id of ids) got.set(id, [...(got.get(id) ?? []), ...shared]);
        }
        for (const { id, scope, after } of watchers) {
          const expected = placed
            .filter(({ item }) => scope.kind === 'global' || item.projectId === scope.appId)
            .filter(({ position }) => after === null || compare(position, after) > 0)
            .map(({ item }) => item);
          expect(got.get(id) ?? []).toEqual(expected);
        }
      }),
    );
  });

  it('is one share for all that get the same', () => {
    const watchers = ['a', 'b', 'c'].map((id): Live => ({ id, scope: { kind: 'global' }, after: null }));
    expect(fanOut(placedOf(['shop', null]), watchers)).toMatchObject([{ ids: ['a', 'b', 'c'] }]);
  });
});
