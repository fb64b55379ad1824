import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeline, type TimelineEntry } from './timeline.js';

const entry = (at: number, kind: TimelineEntry['kind'], detail = {}): TimelineEntry => ({
  at: new Date(at),
  kind,
  detail,
});

describe('a timeline', () => {
  it('keeps the given order of events at the same time', () => {
    const parts = [
      [entry(1, 'accepted'), entry(1, 'finished')],
      [entry(1, 'attempt'), entry(0, 'circuit')],
    ];
    expect(timeline(...parts).map(({ kind }) => kind)).toEqual([
      'circuit',
      'accepted',
      'finished',
      'attempt',
    ]);
  });

  it('keeps every entry, in the order of time', () => {
    const entries = fc.array(fc.integer({ min: 0, max: 5 }).map((at) => entry(at, 'attempt')));
    fc.assert(
      fc.property(fc.array(entries), (parts) => {
        const all = timeline(...parts);
        expect(new Set(all)).toEqual(new Set(parts.flat()));
        const times = all.map(({ at }) => at.getTime());
        expect(times).toEqual([...times].sort((one, other) => one - other));
      }),
    );
  });
});
