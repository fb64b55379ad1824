import { describe, expect, it } from 'vitest';
import type { Scheme } from '../verification/scheme.js';
import { maskedHeaders, maskedQuery, secretPlaces } from './masked-request.js';

const shared = (value: object): Scheme => ({ kind: 'shared', value }) as Scheme;
const hmac = { kind: 'hmac' } as Scheme;

describe('a captured request that is shown', () => {
  it.each([
    ['without verification', null, ['authorization', 'proxy-authorization', 'cookie', 'x-api-key']],
    ['with a signature', hmac, ['authorization', 'proxy-authorization', 'cookie', 'x-api-key']],
    [
      'with a shared secret in a header',
      shared({ header: 'X-Token' }),
      ['authorization', 'proxy-authorization', 'cookie', 'x-api-key', 'x-token'],
    ],
    [
      'with one of several headers',
      shared({ header: ['X-A', 'X-B'] }),
      ['authorization', 'proxy-authorization', 'cookie', 'x-api-key', 'x-a', 'x-b'],
    ],
    [
      'with a shared secret in the body',
      shared({ body: '/token' }),
      ['authorization', 'proxy-authorization', 'cookie', 'x-api-key'],
    ],
  ])('%s hides these headers', (_, scheme, headers) => {
    expect(secretPlaces(scheme)).toEqual({ headers, query: [] });
  });

  it('hides the values of secret headers only', () => {
    const headers = [
      ['Authorization', 'Bearer abc'],
      ['X-Event', 'push'],
      ['X-TOKEN', 'abc'],
    ] as const;
    expect(maskedHeaders(headers, secretPlaces(shared({ header: 'X-Token' })))).toEqual([
      ['Authorization', '***'],
      ['X-Event', 'push'],
      ['X-TOKEN', '***'],
    ]);
  });

  it.each([
    ['token=abc&x=1', 'token=***&x=1'],
    ['x=1&to%6ben=abc', 'x=1&to%6ben=***'],
    ['x=%zz&%zz=1', 'x=%zz&%zz=1'],
    ['', ''],
  ])('shows the query %s as %s', (query, shown) => {
    expect(maskedQuery(query, secretPlaces(shared({ query: 'token' })))).toBe(shown);
  });

  it('shows a query without secrets as it came', () => {
    expect(maskedQuery('a=%zz&token=1', secretPlaces(hmac))).toBe('a=%zz&token=1');
  });
});
