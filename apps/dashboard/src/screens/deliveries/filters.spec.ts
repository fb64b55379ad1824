import { expect, it } from 'vitest';
import { DELIVERY_FIELDS, DELIVERY_FILTERS, DELIVERY_VIEWS, deliveriesQuery } from './filters.js';

const noon = new Date('2026-11-28T12:00:00.000Z');

it('a range becomes the moment it begins', () => {
  expect(deliveriesQuery({ status: 'failed', range: '1h' }, null, noon)).toEqual({
    status: 'failed',
    from: '2026-11-28T11:00:00.000Z',
  });
});

it('an owner asks for the own app only, whatever the URL says', () => {
  expect(deliveriesQuery({ appId: 'other' }, 'shop', noon)).toEqual({ appId: 'shop' });
});

it('each field and each view has filters that the list knows', () => {
  const known: readonly string[] = DELIVERY_FILTERS;
  expect(DELIVERY_FIELDS.filter(({ name }) => !known.includes(name))).toEqual([]);
  expect(
    DELIVERY_VIEWS.flatMap(({ search }) => Object.keys(search)).filter((name) => !known.includes(name)),
  ).toEqual([]);
});
