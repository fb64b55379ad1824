import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from '@breakwater/testing/world.js';
import { addTo, durationOf, emptyHistogram, percentiles } from './histogram.js';

describe('a bucket', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.stop());

  it('is at most 0.5 % away from its durations; whole milliseconds below 200, up to ten minutes', async () => {
    const { rows } = await world.database.pool.query<{ ms: number; bucket: number }>(
      `SELECT ms, duration_bucket(ms) AS bucket FROM generate_series(0, 600000) AS ms`,
    );
    const wrong = rows.filter(({ ms, bucket }) => {
      const off = Math.abs(durationOf(bucket) - ms);
      return ms < 200 ? off > 0 : off / ms > 0.0052;
    });
    expect(wrong).toEqual([]);
  });

  it('never falls as durations rise, and negative durations count as 0', async () => {
    const { rows } = await world.database.pool.query<{ n: number }>(
      `SELECT count(*) AS n FROM generate_series(1, 600000) AS ms WHERE duration_bucket(ms) < duration_bucket(ms - 1)`,
    );
    expect(rows[0]!.n).toBe(0);
    const { rows: back } = await world.database.pool.query('SELECT duration_bucket(-5) AS bucket');
    expect(back).toEqual([{ bucket: 0 }]);
  });

  describe('percentiles', () => {
    it('of nothing are null', () => {
      expect(percentiles(emptyHistogram(), [0.5, 0.99])).toEqual([null, null]);
    });

    it('are the nearest rank', () => {
      const histogram = emptyHistogram();
      addTo(histogram, [10, 20, 30], [50, 45, 5]);
      expect(percentiles(histogram, [0.5, 0.51, 0.95, 0.951, 1])).toEqual([10, 20, 20, 30, 30]);
    });

    it('lie within the values, and rise with their share', () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.integer({ min: 0, max: 199 }), fc.integer({ min: 1, max: 9 })), {
            minLength: 1,
          }),
          (added) => {
            const histogram = emptyHistogram();
            for (const [bucket, count] of added) addTo(histogram, [bucket], [count]);
            const all = added
              .flatMap(([bucket, count]) => Array<number>(count).fill(bucket))
              .sort((a, b) => a - b);
            const shares = [0.01, 0.5, 0.95, 0.99, 1];
            expect(percentiles(histogram, shares)).toEqual(
              shares.map((share) => all[Math.max(0, Math.ceil(share * all.length - 1e-9) - 1)]),
            );
          },
        ),
      );
    });
  });
});
