import { describe, expect, it } from 'vitest';
import { BytesCache } from './bytes-cache.js';

const bytes = (length: number): Buffer => Buffer.alloc(length, 1);

describe('a cache of bytes', () => {
  it('returns what was put, and nothing else', () => {
    const cache = new BytesCache<Buffer>(10, ({ length }) => length);
    cache.put('a', bytes(2));
    expect(cache.get('a')).toEqual(bytes(2));
    expect(cache.get('b')).toBeUndefined();
  });

  it('evicts the least recently used value', () => {
    const cache = new BytesCache<Buffer>(10, ({ length }) => length);
    for (const key of ['a', 'b']) cache.put(key, bytes(4));
    cache.get('a');
    cache.put('c', bytes(4));
    expect(['a', 'b', 'c'].map((key) => cache.get(key)?.length)).toEqual([4, undefined, 4]);
  });

  it('counts a value once if it is put again', () => {
    const cache = new BytesCache<Buffer>(10, ({ length }) => length);
    for (let times = 0; times < 5; times++) cache.put('a', bytes(5));
    cache.put('b', bytes(5));
    expect(['a', 'b'].map((key) => cache.get(key)?.length)).toEqual([5, 5]);
  });

  it('does not keep a value that is larger than half of the cache', () => {
    const cache = new BytesCache<Buffer>(10, ({ length }) => length);
    cache.put('a', bytes(6));
    expect(cache.get('a')).toBeUndefined();
  });
});
