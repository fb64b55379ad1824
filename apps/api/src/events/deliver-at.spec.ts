import { describe, expect, it } from 'vitest';
import { deliverAtOf } from './deliver-at.js';

const now = Date.UTC(2026, 10, 27);

describe('when an event is due', () => {
  it.each([
    ['now, if deliverAt is missing', undefined, null],
    ['now, if deliverAt is in the past', '2026-11-26T00:00:00Z', null],
    ['at deliverAt', '2026-11-28T00:00:00+01:00', new Date('2026-11-27T23:00:00Z')],
    ['at most 30 days ahead', '2026-12-27T00:00:00Z', new Date('2026-12-27T00:00:00Z')],
  ])('is %s', (_, text, at) => expect(deliverAtOf(text, now, '/deliverAt')).toEqual({ at }));

  it.each([
    ['more than 30 days ahead', '2026-12-27T00:00:01Z', 'range'],
    ['a text that is not a time', 'soon', 'moment'],
    ['a time without a time zone', '2026-12-27T00:00:01', 'moment'],
  ])('is refused: %s', (_, text, rule) =>
    expect(deliverAtOf(text, now, '/events/3/deliverAt')).toMatchObject({
      problem: { pointer: '/events/3/deliverAt', rule },
    }),
  );
});
