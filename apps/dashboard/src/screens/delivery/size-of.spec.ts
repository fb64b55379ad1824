import { expect, it } from 'vitest';
import { sizeOf } from './size-of.js';

it('a size is in bytes of UTF-8, and says when not all of it is text', () => {
  expect(sizeOf('Zoë')).toBe('4 B');
  expect(sizeOf('\uFFFDPNG')).toBe('about 6 B; not all of it is text');
});
