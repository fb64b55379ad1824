import { describe, expect, it } from 'vitest';
import { contentCoding } from './content-coding.js';

describe('a content-encoding', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['identity', null],
    ['gzip', 'gzip'],
    ['X-GZIP', 'gzip'],
    [' Deflate ', 'deflate'],
    ['br', 'br'],
    ['identity, br', 'br'],
    ['gzip, gzip', 'unknown'],
    ['zstd', 'unknown'],
    ['constructor', 'unknown'],
  ])('%j is %j', (header, coding) => expect(contentCoding(header)).toBe(coding));
});
