import { describe, expect, it } from 'vitest';
import { dedupeKey } from './dedupe-key.js';

describe('the key of a captured event', () => {
  it.each([
    ['a UUID', '72d3162e-cc78-11e3-81ab-4c9367dc0958'],
    ['255 characters', 'a'.repeat(255)],
  ])('is the provider’s id: %s', (_, id) => expect(dedupeKey(id)).toBe(id));

  it.each([
    ['is too long', 'a'.repeat(256)],
    ['has a NUL', 'a\0'],
    ['has half of a surrogate pair', '\ud800'],
  ])('is a hash of an id that %s', (_, id) => expect(dedupeKey(id)).toMatch(/^sha256:[0-9a-f]{64}$/));

  it('is another one for another id', () =>
    expect(dedupeKey('a'.repeat(256))).not.toBe(dedupeKey('b'.repeat(256))));
});
