import { expect, it } from 'vitest';
import { hourlyRates } from './hourly-rates.js';

it('an hour in which nothing ended is a gap in the line', () => {
  expect(
    hourlyRates([
      { ended: 4, completed: 3 },
      { ended: 0, completed: 0 },
    ]),
  ).toEqual([0.75, null]);
});
