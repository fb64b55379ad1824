import { describe, expect, it } from 'vitest';
import { MinuteQuota } from './minute-quota.js';

describe('a quota for a minute', () => {
  it('is used up by each name on its own, and is full again after a minute', () => {
    const quota = new MinuteQuota(2);
    const taken = (name: string, at: number) => quota.take(name, at);
    expect([taken('a', 0), taken('a', 1), taken('a', 2), taken('b', 2)]).toEqual([true, true, false, true]);
    expect([taken('a', 59_999), taken('a', 60_000)]).toEqual([false, true]);
  });

  it('of none gives none', () => expect(new MinuteQuota(0).take('a', 0)).toBe(false));

  it('remembers a bounded number of names', () => {
    const quota = new MinuteQuota(1);
    for (let n = 0; n < 10_000; n++) quota.take(String(n), 0);
    expect(quota.take('0', 0)).toBe(true);
  });
});
