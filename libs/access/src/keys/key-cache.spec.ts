import { describe, expect, it } from 'vitest';
import { KeyCache } from './key-cache.js';
import type { KeyRow } from './key-row.js';

const row = (id: string): KeyRow => ({
  id,
  name: id,
  hash: id,
  scopes: [],
  appId: null,
  expiresAt: null,
  revokedAt: null,
});

function setUp(
  answers: (hash: string) => Promise<KeyRow | null> = async (hash) =>
    hash.startsWith('x') ? null : row(hash),
) {
  const clock = { ms: 0 };
  const loads: string[] = [];
  const load = (hash: string) => (loads.push(hash), answers(hash));
  return { clock, loads, cache: new KeyCache(load, () => clock.ms, 2) };
}

describe('the cache of keys', () => {
  it('looks a key up once for all who ask within 5 s', async () => {
    const { cache, clock, loads } = setUp();
    await Promise.all([cache.get('a'), cache.get('a')]);
    clock.ms = 4999;
    expect(await cache.get('a')).toMatchObject({ id: 'a' });
    expect(loads).toEqual(['a']);
  });

  it.each(['a', 'x'])('looks %s up anew at 5 s', async (hash) => {
    const { cache, clock, loads } = setUp();
    await cache.get(hash);
    clock.ms = 5000;
    await cache.get(hash);
    expect(loads).toEqual([hash, hash]);
  });

  it('does not keep what was being looked up when it was cleared', async () => {
    const { cache, loads } = setUp();
    const asked = cache.get('a');
    cache.clear();
    await asked;
    await cache.get('a');
    expect(loads).toEqual(['a', 'a']);
  });

  it('does not keep a failure', async () => {
    let fails = true;
    const { cache } = setUp(async (hash) => {
      if (fails) throw new Error('away');
      return row(hash);
    });
    await expect(cache.get('a')).rejects.toThrow('away');
    fails = false;
    expect(await cache.get('a')).toMatchObject({ id: 'a' });
  });

  it('holds a bounded number of keys', async () => {
    const { cache } = setUp();
    for (const hash of ['a', 'b', 'c', 'x1', 'x2', 'x3']) await cache.get(hash);
    expect(cache.size).toBe(4);
  });

  it('does not lose a right key to wrong ones', async () => {
    const { cache, loads } = setUp();
    await cache.get('a');
    for (const hash of ['x1', 'x2', 'x3']) await cache.get(hash);
    await cache.get('a');
    expect(loads.filter((hash) => hash === 'a')).toHaveLength(1);
  });
});
