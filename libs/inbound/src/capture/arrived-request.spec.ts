import { describe, expect, it } from 'vitest';
import { contentTypeOf, headerRecord } from './arrived-request.js';

const request = (...headers: [string, string][]) => ({ method: 'POST', path: '', query: '', headers });

describe('the content type of a captured event', () => {
  it.each([
    [
      'as it came',
      request(['Content-Type', ' text/plain; charset=ISO-8859-1 ']),
      'text/plain; charset=ISO-8859-1',
    ],
    ['the first one', request(['content-type', 'a/b'], ['Content-Type', 'c/d']), 'a/b'],
    ['malformed, but sendable', request(['content-type', ';;']), ';;'],
    ['of a request without one', request(), 'application/octet-stream'],
    ['of one that is empty', request(['content-type', '']), 'application/octet-stream'],
    ['of one that is too long', request(['content-type', 'a'.repeat(256)]), 'application/octet-stream'],
    ['of one with other bytes', request(['content-type', 'a/\u00FC']), 'application/octet-stream'],
  ])('%s', (_, captured, expected) => expect(contentTypeOf(captured)).toBe(expected));
});

describe('headers for filters', () => {
  it('have lower-case names, and joined values', () =>
    expect(headerRecord(request(['X-A', '1'], ['constructor', 'c'], ['x-a', '2']))).toEqual({
      'x-a': '1, 2',
      constructor: 'c',
    }));

  it('cannot change a prototype', () => {
    const record = headerRecord(request(['__proto__', 'x']));
    expect([Object.keys(record), Object.getPrototypeOf(record)]).toEqual([[], Object.prototype]);
  });
});
