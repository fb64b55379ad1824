import { expect, it } from 'vitest';
import { eventsQuery } from './filters.js';

const noon = new Date('2026-11-28T12:00:00.000Z');

it('a range becomes the moment it begins', () => {
  expect(eventsQuery({ type: 'order.created', range: '1h' }, null, noon)).toEqual({
    type: 'order.created',
    from: '2026-11-28T11:00:00.000Z',
  });
});

it('an owner asks for the own app only, whatever the URL says', () => {
  expect(eventsQuery({ appId: 'other' }, 'shop', noon)).toEqual({ appId: 'shop' });
});
