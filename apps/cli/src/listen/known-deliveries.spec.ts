import { expect, it } from 'vitest';
import { KnownDeliveries } from './known-deliveries.js';

it('a delivery is new once, and the oldest are forgotten', () => {
  const known = new KnownDeliveries(2);
  expect(['a', 'a', 'b', 'c'].map((id) => known.add(id))).toEqual([true, false, true, true]);
  expect(['a', 'b', 'c'].map((id) => known.has(id))).toEqual([false, true, true]);
});
