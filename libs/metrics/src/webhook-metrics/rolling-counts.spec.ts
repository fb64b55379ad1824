import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rollingCounts, type CountPiece } from './rolling-counts.js';

const MINUTE = 60_000;
const minute = (number: number): Date => new Date(number * MINUTE);
const piece = (number: number, calls: number): CountPiece => ({
  at: minute(number),
  calls,
  successes: calls - 1,
  timeouts: 1,
  ended: calls,
  endedAttempts: calls + 1,
  buckets: [calls],
  counts: [calls],
});

it('the counts of a window hold the pieces that began within it', () => {
  const points = rollingCounts([piece(0, 10), piece(1, 20), piece(5, 30)], {
    from: minute(1),
    to: minute(7),
    stepMs: 2 * MINUTE,
    windowMs: 2 * MINUTE,
  });
  expect(points.map(({ at, calls, p95Ms }) => [at.getTime() / MINUTE, calls, p95Ms])).toEqual([
    [1, 10, 10],
    [3, 20, 20],
    [5, 0, null],
    [7, 30, 30],
  ]);
  expect(points[0]).toMatchObject({ successes: 9, timeouts: 1, ended: 10, endedAttempts: 11 });
});

it('sliding gives the same numbers as adding up each window', () => {
  const given = fc.uniqueArray(fc.nat(60), { maxLength: 30 });
  fc.assert(
    fc.property(
      given,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 7 }),
      (minutes, window, step) => {
        const pieces = minutes.toSorted((a, b) => a - b).map((at) => piece(at, at + 1));
        const period = { from: minute(0), to: minute(60), stepMs: step * MINUTE, windowMs: window * MINUTE };
        for (const { at, calls } of rollingCounts(pieces, period)) {
          const within = pieces.filter(
            (each) => each.at < at && each.at.getTime() >= at.getTime() - window * MINUTE,
          );
          expect(calls).toBe(within.reduce((sum, each) => sum + each.calls, 0));
        }
      },
    ),
  );
});
