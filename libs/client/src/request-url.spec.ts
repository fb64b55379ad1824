import { describe, expect, it } from 'vitest';
import { ClientUsageError } from './api.error.js';
import { baseUrl, pathParts, requestUrl } from './request-url.js';

describe('the URL of a request', () => {
  it('keeps a path in front of the API, and loses slashes at the end', () =>
    expect(requestUrl(baseUrl('https://x.test/behind//'), ['api', 'v1', 'apps'])).toBe(
      'https://x.test/behind/api/v1/apps',
    ));

  it('has values of the query that are given', () =>
    expect(requestUrl('http://x.test', ['a'], { limit: 2, force: true, cursor: undefined, q: 'a b' })).toBe(
      'http://x.test/a?limit=2&force=true&q=a+b',
    ));

  it('escapes parts of the path', () =>
    expect(requestUrl('http://x.test', ['a/b', 'c?d'])).toBe('http://x.test/a%2Fb/c%3Fd'));

  it.each(['', '.', '..'])('has no part "%s", which would lead elsewhere', (part) =>
    expect(() => requestUrl('http://x.test', ['apps', part])).toThrow(ClientUsageError),
  );

  it.each(['nope', 'ftp://x', ''])('is not made of "%s"', (url) =>
    expect(() => baseUrl(url)).toThrow(`not an http URL: ${url}`),
  );

  it('has the ids of an operation in their places', () =>
    expect(pathParts('/api/v1/apps/{appId}/sources/{source}', ['shop', 'stripe'])).toEqual([
      'api',
      'v1',
      'apps',
      'shop',
      'sources',
      'stripe',
    ]));

  it('is refused when an id is missing', () =>
    expect(() => requestUrl('http://x.test', pathParts('/apps/{appId}', []))).toThrow(ClientUsageError));
});
