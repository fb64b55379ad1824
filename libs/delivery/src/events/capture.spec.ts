import { describe, expect, it } from 'vitest';
import { keyScope, sizeOf } from './capture.js';

describe('a captured request', () => {
  it('has its size in memory: path, query and headers', () => {
    const request = {
      method: 'POST',
      path: '/a',
      query: 'b',
      headers: [['X-A', '12'] as const, ['X-B', ''] as const],
    };
    expect(sizeOf(request)).toBe(2 + 1 + 5 + 3);
  });

  it('has no size if there is none', () => expect(sizeOf(null)).toBe(0));

  it('has keys in a scope that no app id can be', () => expect(keyScope('s')).toBe('source:s'));
});
