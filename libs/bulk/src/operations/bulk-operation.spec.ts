import { describe, expect, it } from 'vitest';
import { filterFaults, isSameRequest } from './bulk-operation.js';

const range = { from: '2026-11-28T00:00:00Z', to: '2026-11-29T00:00:00Z' };

describe('a filter', () => {
  it.each([
    ['a replay with a range of time', 'replay', range],
    ['a replay of one event', 'replay', { eventId: 'v' }],
    ['a cancellation of one capability', 'cancel', { capability: 'report' }],
    ['absent members', 'resolve', { appId: 'quiz', types: undefined }],
  ] as const)('is accepted: %s', (_, kind, filter) => expect(filterFaults(kind, filter)).toEqual([]));

  it.each([
    ['a replay without its end', 'replay', { from: range.from }, ['to']],
    ['no member', 'redeliver', {}, [null]],
    ['a reason of waiting deliveries', 'cancel', { reason: 'exhausted' }, ['reason']],
    ['a capability of events', 'replay', { ...range, capability: 'report' }, ['capability']],
  ] as const)('is refused: %s', (_, kind, filter, members) =>
    expect(filterFaults(kind, filter).map(({ member }) => member)).toEqual(members),
  );

  it('is refused with the names that requests use', () => {
    expect(filterFaults('cancel', {})).toMatchObject([
      { message: 'must have at least one of appId, capability, subscription, types, from, to' },
    ]);
    expect(filterFaults('replay', { ...range, reason: 'exhausted' })).toMatchObject([
      { message: 'has no meaning for replay; it may have appId, subscription, types, from, to, result' },
    ]);
  });
});

describe('two requests', () => {
  const one = {
    kind: 'replay',
    filter: { appId: 'a', ...range },
    url: null,
    notes: null,
    perSecond: 100,
  } as const;

  it('are the same in any order of members', () =>
    expect(isSameRequest(one, { ...one, filter: { ...range, appId: 'a' } })).toBe(true));

  it('are not the same with another filter, URL, note or rate', () => {
    expect(isSameRequest(one, { ...one, filter: range })).toBe(false);
    expect(isSameRequest(one, { ...one, url: 'https://x' })).toBe(false);
    expect(isSameRequest(one, { ...one, notes: 'paid twice' })).toBe(false);
    expect(isSameRequest(one, { ...one, perSecond: 1 })).toBe(false);
  });
});
