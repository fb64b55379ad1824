import { describe, expect, it } from 'vitest';
import { UnderWay } from './under-way.js';

describe('work in progress', () => {
  it('counts by name until it is over, whether it succeeds or fails', async () => {
    const underWay = new UnderWay();
    const first = Promise.withResolvers<string>();
    const second = Promise.withResolvers<string>();
    const works = [underWay.during('a', () => first.promise), underWay.during('a', () => second.promise)];
    expect([underWay.count('a'), underWay.count('b')]).toEqual([2, 0]);
    first.resolve('done');
    expect(await works[0]).toBe('done');
    expect(underWay.count('a')).toBe(1);
    second.reject(new Error('failed'));
    await expect(works[1]).rejects.toThrow('failed');
    expect(underWay.count('a')).toBe(0);
  });
});
