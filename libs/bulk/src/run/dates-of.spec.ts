import { expect, it } from 'vitest';
import { datesOf } from './dates-of.js';

it('a stored filter is read with its times as dates', () => {
  expect(datesOf({ appId: 'a' })).toEqual({ appId: 'a' });
  expect(datesOf({ from: '2026-11-28T00:00:00.000Z', to: '2026-11-29T00:00:00.000Z' })).toEqual({
    from: new Date('2026-11-28T00:00:00Z'),
    to: new Date('2026-11-29T00:00:00Z'),
  });
});
