import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { captureUrl, generateSourceKey, hashSourceKey, isSourceKey } from './source-key.js';

describe('the key of a source', () => {
  it('has 160 random bits in hex', () => {
    const key = generateSourceKey((n) => Buffer.alloc(n, 0xab));
    expect(key).toBe('ab'.repeat(20));
    expect(isSourceKey(generateSourceKey(randomBytes))).toBe(true);
  });

  it.each(['', 'ab', 'AB'.repeat(20), 'g'.repeat(40), `${'ab'.repeat(20)}/`, 'ab'.repeat(21)])(
    '%j is none',
    (text) => expect(isSourceKey(text)).toBe(false),
  );

  it('is looked up by its SHA-256', () => {
    expect(hashSourceKey('ab'.repeat(20))).toMatch(/^[0-9a-f]{64}$/);
    expect(hashSourceKey('ab'.repeat(20))).not.toBe(hashSourceKey('ac'.repeat(20)));
  });

  it.each(['https://hooks.example.com', 'https://hooks.example.com/', 'https://hooks.example.com//'])(
    'stands behind /in/ of %s',
    (base) => expect(captureUrl(base, 'abc')).toBe('https://hooks.example.com/in/abc'),
  );
});
