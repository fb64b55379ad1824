import { describe, expect, it } from 'vitest';
import { shardNames, shardOf, shardPrefixes } from './shards.js';
import { jobOptions, jobsOf } from './wake-jobs.js';

describe('wake-ups', () => {
  it('that are due now share jobs', () => {
    const jobs = jobsOf(
      ['a', 'b', 'c'].map((deliveryId) => ({ deliveryId })),
      2,
    );
    expect(jobs).toEqual([
      { name: 'attempt', data: { deliveryIds: ['a', 'b'] }, opts: jobOptions },
      { name: 'attempt', data: { deliveryIds: ['c'] }, opts: jobOptions },
    ]);
  });

  it('that are due later, or have a key, have a job each', () => {
    const jobs = jobsOf(
      [
        { deliveryId: 'a', delayMs: 10.2 },
        { deliveryId: 'b', key: 'k' },
      ],
      2,
    );
    expect(jobs.map(({ opts }) => opts)).toEqual([
      { ...jobOptions, delay: 12 },
      { ...jobOptions, jobId: 'k' },
    ]);
  });
});

describe('the queues of a cluster', () => {
  it('have a hash tag each; without a cluster there is one queue, without a tag', () => {
    expect(shardPrefixes('bw', 3)).toEqual(['{bw-0}', '{bw-1}', '{bw-2}']);
    expect(shardPrefixes('bw', null)).toEqual(['bw']);
    expect(shardNames(3)).toEqual(['wake-ups', 'wake-ups-1', 'wake-ups-2']);
  });

  it('share wake-ups evenly, each by its text alone', () => {
    const counts = [0, 0, 0, 0];
    for (let n = 0; n < 4_000; n++) counts[shardOf(`01920000-0000-7000-8000-${n}`, 4)]!++;
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200);
    expect(shardOf('a delivery', 4)).toBe(shardOf('a delivery', 4));
    expect(shardOf('a delivery', 1)).toBe(0);
  });
});
