import { describe, expect, it } from 'vitest';
import { pageOf, pageSize } from './page.js';

describe('a page', () => {
  it.each([
    ['nothing', undefined, 50],
    ['a size', 7, 7],
    ['the largest', 200, 200],
    ['more', 201, 200],
    ['0', 0, 1],
    ['less', -3, 1],
    ['a fraction', 2.9, 2],
    ['no number', NaN, 1],
  ])('asked for with %s', (_, limit, size) => expect(pageSize({ limit })).toBe(size));

  it.each([
    ['one row more than it holds', [1, 2, 3], { items: [1, 2], nextCursor: '2' }],
    ['all that it holds', [1, 2], { items: [1, 2], nextCursor: null }],
    ['nothing', [], { items: [], nextCursor: null }],
  ])('of %s', (_, rows, page) => expect(pageOf<number>(rows, 2, String)).toEqual(page));
});
