import { describe, expect, it } from 'vitest';
import { isId, newId, smallestIdAt } from './ids.io.js';

describe('an id', () => {
  it('is a UUID of version 7', () => {
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isId(newId())).toBe(true);
  });

  it('sorts by the order of creation, also within one millisecond', () => {
    const ids = Array.from({ length: 20_000 }, newId);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('of a moment is the smallest: earlier ones sort before it, later ones after it', () => {
    const before = newId();
    const nextMs = new Date(Number.parseInt(before.replace('-', '').slice(0, 12), 16) + 1);
    expect(smallestIdAt(nextMs) > before).toBe(true);
    expect(newId() > smallestIdAt(new Date(nextMs.getTime() - 1000))).toBe(true);
    expect(isId(smallestIdAt(new Date(0)))).toBe(true);
  });

  it.each(['', 'x', '01a20171-5037-7000-9672', '01a20171-5037-7000-9672-ad48df724db1; DROP'])(
    'is not %j',
    (text) => {
      expect(isId(text)).toBe(false);
    },
  );
});
