import { describe, expect, it } from 'vitest';
import { memoryStore } from './memory.js';

describe('the store in memory', () => {
  it('drops the oldest entries beyond its number', async () => {
    const store = memoryStore({ maxEntries: 2, now: () => 0 });
    for (const id of ['a', 'b', 'c']) await store.claim(id, 't', 10);
    expect(await store.claim('c', 't', 10)).toEqual({ state: 'running' });
    expect(await store.claim('a', 't', 10)).toEqual({ state: 'new' });
  });

  it('drops the oldest answers beyond its size', async () => {
    const store = memoryStore({ maxSize: 5, now: () => 0 });
    await store.finish('a', '123', 10);
    await store.finish('b', '45', 10);
    expect(await store.claim('a', 't', 10)).toEqual({ state: 'done', answer: '123' });
    await store.finish('c', '6', 10);
    expect(await store.claim('b', 't', 10)).toEqual({ state: 'done', answer: '45' });
    expect(await store.claim('a', 't', 10)).toEqual({ state: 'new' });
  });

  it('ends leases and answers to the millisecond', async () => {
    let nowMs = 0;
    const store = memoryStore({ now: () => nowMs });
    await store.claim('a', 't', 10);
    nowMs = 9;
    expect(await store.claim('a', 'u', 10)).toEqual({ state: 'running' });
    nowMs = 10;
    expect(await store.claim('a', 'u', 10)).toEqual({ state: 'new' });
  });

  it('keeps 10,000 entries by the clock when nothing else is said', async () => {
    const store = memoryStore();
    expect(await store.claim('a', 't', 60_000)).toEqual({ state: 'new' });
    expect(await store.claim('a', 't', 60_000)).toEqual({ state: 'running' });
  });
});
