import { describe, expect, it } from 'vitest';
import { matchableEvent } from '../directory/matchable-event.js';
import { FilterComparison, SAMPLES } from './filter-comparison.js';

const at = new Date(Date.UTC(2026, 10, 28));
const large = { payload: { total: { $gte: 10 } } };

function compared(
  stored: ConstructorParameters<typeof FilterComparison>[0],
  draft: ConstructorParameters<typeof FilterComparison>[1],
  events: [id: string, type: string, total: number][],
) {
  const comparison = new FilterComparison(stored, draft);
  for (const [id, type, total] of events) {
    const body = Buffer.from(JSON.stringify({ total }));
    comparison.add(
      { id, type, createdAt: at },
      matchableEvent({ type, body, headers: null, metadata: null }),
    );
  }
  const { taken, newlyTaken, noLongerTaken } = comparison;
  return [taken, newlyTaken, noLongerTaken].map(({ count, samples }) => [count, samples.map(({ id }) => id)]);
}

describe('a draft', () => {
  it('is compared with the subscription as it is: taken, newly taken, no longer taken', () => {
    const events: [string, string, number][] = [
      ['small', 'order.paid', 1],
      ['large', 'order.paid', 20],
      ['invoice', 'invoice.paid', 20],
      ['other', 'user.made', 20],
    ];
    expect(
      compared(
        { events: ['order.*'], filter: null },
        { events: ['order.*', 'invoice.*'], filter: large },
        events,
      ),
    ).toEqual([
      [2, ['large', 'invoice']],
      [1, ['invoice']],
      [1, ['small']],
    ]);
  });

  it('counts all events and shows the first five', () => {
    const events = Array.from({ length: 8 }, (_, n): [string, string, number] => [`e${n}`, 'a', 0]);
    const [taken, newlyTaken, noLongerTaken] = compared(
      { events: ['b'], filter: null },
      { events: ['a'], filter: null },
      events,
    );
    expect(taken).toEqual([8, ['e0', 'e1', 'e2', 'e3', 'e4']]);
    expect(newlyTaken![1]).toHaveLength(SAMPLES);
    expect(noLongerTaken).toEqual([0, []]);
  });

  it.each([
    ['if a filter of that type decides', 'order.paid', true],
    ['not if there is only a list of types', 'invoice.paid', false],
    ['not if neither takes the type', 'user.made', false],
  ])('needs the payload %s', (_, type, needed) => {
    const comparison = new FilterComparison(
      { events: ['order.*'], filter: large },
      { events: ['invoice.*'], filter: null },
    );
    expect(comparison.needsPayload(type)).toBe(needed);
  });
});
