import { describe, expect, it } from 'vitest';
import { FreshCache } from './fresh-cache.js';

function setUp(limits: { maxEntries?: number; maxMissing?: number } = {}) {
  const clock = { ms: 0 };
  const loads: { key: string; answer: (value: string | null) => Promise<void>; fail: () => Promise<void> }[] =
    [];
  const cache = new FreshCache<string>(
    (key) => {
      const { promise, resolve, reject } = Promise.withResolvers<string | null>();
      const settled = () =>
        promise.then(
          () => undefined,
          () => undefined,
        );
      loads.push({
        key,
        answer: (value) => (resolve(value), settled()),
        fail: () => (reject(new Error('away')), settled()),
      });
      return promise;
    },
    { maxEntries: 10, maxMissing: 10, now: () => clock.ms, ...limits },
  );
  const fill = async (key: string, value: string | null): Promise<void> => {
    const asked = cache.get(key);
    await loads.at(-1)!.answer(value);
    await asked;
  };
  return { cache, clock, loads, fill };
}

describe('a fresh cache', () => {
  it('loads once for all callers at the same time', async () => {
    const { cache, loads } = setUp();
    const asked = [cache.get('a'), cache.get('a')];
    await loads[0]!.answer('1');
    expect(await Promise.all(asked)).toEqual(['1', '1']);
    expect(loads).toHaveLength(1);
  });

  it('returns a value from memory until it must be renewed', async () => {
    const { cache, clock, loads, fill } = setUp();
    await fill('a', '1');
    clock.ms = 2999;
    expect(await cache.get('a')).toBe('1');
    expect(loads).toHaveLength(1);
  });

  it('renews once in the background from 3 s on', async () => {
    const { cache, clock, loads, fill } = setUp();
    await fill('a', '1');
    clock.ms = 3000;
    expect([await cache.get('a'), await cache.get('a')]).toEqual(['1', '1']);
    expect(loads).toHaveLength(2);
    await loads[1]!.answer('2');
    expect(await cache.get('a')).toBe('2');
  });

  it('returns nothing that is 5 s old, counted from the start of the load', async () => {
    const { cache, clock, loads } = setUp();
    const asked = cache.get('a');
    clock.ms = 4000;
    await loads[0]!.answer('1');
    expect(await asked).toBe('1');
    clock.ms = 5000;
    const again = cache.get('a');
    expect(loads).toHaveLength(2);
    await loads[1]!.answer('2');
    expect(await again).toBe('2');
  });

  it('waits for a renewal in progress when the value is too old', async () => {
    const { cache, clock, loads, fill } = setUp();
    await fill('a', '1');
    clock.ms = 4000;
    await cache.get('a');
    clock.ms = 6000;
    const asked = cache.get('a');
    await loads[1]!.answer('2');
    expect(await asked).toBe('2');
    expect(loads).toHaveLength(2);
  });

  it('keeps its value when a renewal fails, but not beyond 5 s', async () => {
    const { cache, clock, loads, fill } = setUp();
    await fill('a', '1');
    clock.ms = 4000;
    await cache.get('a');
    await loads[1]!.fail();
    expect(await cache.get('a')).toBe('1');
    await loads[2]!.fail();
    clock.ms = 5000;
    const asked = cache.get('a');
    const refused = asked.catch((error: Error) => error.message);
    await loads[3]!.fail();
    expect(await refused).toBe('away');
  });

  it('passes the error of a first load on and loads again', async () => {
    const { cache, loads } = setUp();
    const refused = cache.get('a').catch((error: Error) => error.message);
    await loads[0]!.fail();
    expect(await refused).toBe('away');
    expect(cache.size).toBe(0);
    const asked = cache.get('a');
    await loads[1]!.answer('1');
    expect(await asked).toBe('1');
  });

  it.each(['forget', 'clear'] as const)('does not keep a load that started before %s', async (how) => {
    const { cache, loads } = setUp();
    const asked = cache.get('a');
    cache[how]('a');
    await loads[0]!.answer('old');
    expect(await asked).toBe('old');
    const again = cache.get('a');
    expect(loads).toHaveLength(2);
    await loads[1]!.answer('new');
    expect(await again).toBe('new');
  });

  it('remembers that there is no value', async () => {
    const { cache, loads, fill } = setUp();
    await fill('a', null);
    expect(await cache.get('a')).toBeNull();
    expect(loads).toHaveLength(1);
  });

  it('holds a limited number of entries and drops the oldest', async () => {
    const { cache, fill } = setUp({ maxEntries: 2 });
    for (const key of ['a', 'b', 'c']) await fill(key, key);
    expect(cache.size).toBe(2);
  });

  it('does not evict values for keys without one, also while these are being loaded', async () => {
    const { cache, loads, fill } = setUp({ maxEntries: 1, maxMissing: 2 });
    await fill('real', '1');
    for (const key of ['a', 'b', 'c', 'd']) await fill(key, null);
    expect(cache.size).toBe(3);
    const asked = ['e', 'f', 'g'].map((key) => cache.get(key));
    await Promise.all(loads.slice(-3).map(({ answer }) => answer(null)));
    await Promise.all(asked);
    expect(cache.size).toBe(3);
    const before = loads.length;
    expect(await cache.get('real')).toBe('1');
    expect(loads).toHaveLength(before);
  });
});

describe('a load that hangs', () => {
  const setUpHanging = () => {
    const loads: PromiseWithResolvers<string | null>[] = [];
    const cache = new FreshCache<string>(
      () => {
        const load = Promise.withResolvers<string | null>();
        loads.push(load);
        return load.promise;
      },
      { maxEntries: 10, loadsWithinMs: 20, tooLate: (limitMs) => new Error(`late after ${limitMs} ms`) },
    );
    return { cache, loads };
  };

  it('fails for all who wait for it, and the next caller starts another load', async () => {
    const { cache, loads } = setUpHanging();
    const asked = await Promise.allSettled([cache.get('a'), cache.get('a')]);
    for (const each of asked) expect(each).toMatchObject({ reason: new Error('late after 20 ms') });
    expect(cache.size).toBe(0);
    const next = cache.get('a');
    expect(loads).toHaveLength(2);
    loads[1]!.resolve('2');
    expect(await next).toBe('2');
  });

  it('is still stored when it ends, unless a newer value is there', async () => {
    const { cache, loads } = setUpHanging();
    await expect(cache.get('a')).rejects.toThrow('late');
    const next = cache.get('a');
    loads[1]!.resolve('2');
    await next;
    loads[0]!.resolve('1');
    await loads[0]!.promise;
    expect(await cache.get('a')).toBe('2');
    expect(loads).toHaveLength(2);
  });

  it('that fails later causes no unhandled error', async () => {
    const { cache, loads } = setUpHanging();
    await expect(cache.get('a')).rejects.toThrow('late');
    loads[0]!.reject(new Error('nobody hears this'));
    await expect(cache.get('a')).rejects.toThrow('late');
  });
});
