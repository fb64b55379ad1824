import { describe, expect, it } from 'vitest';
import { isOwnOrigin, isSafeMethod, namesItsOrigin, usesTls } from './request-origin.js';

const PUBLIC = 'https://hooks.example';

describe('a request with the cookie of a session', () => {
  it.each([
    ['the browser says so', { 'sec-fetch-site': 'same-origin' }],
    [
      'the browser says so, and a proxy writes another host',
      { 'sec-fetch-site': 'same-origin', host: 'api:3000' },
    ],
    ['its origin has the host that was asked', { origin: 'http://10.0.0.7:3000', host: '10.0.0.7:3000' }],
    ['its origin has that host in other letters', { origin: 'http://box:3000', host: 'BOX:3000' }],
    ['its origin is the public one behind a proxy', { origin: PUBLIC, host: 'api:3000' }],
  ])('comes from a page of this installation where %s', (_, headers) =>
    expect(isOwnOrigin(headers, PUBLIC)).toBe(true),
  );

  it.each([
    [
      'the browser names another site',
      { 'sec-fetch-site': 'cross-site', origin: PUBLIC, host: 'hooks.example' },
    ],
    ['the browser names a sibling', { 'sec-fetch-site': 'same-site', origin: PUBLIC, host: 'hooks.example' }],
    ['a person typed it', { 'sec-fetch-site': 'none' }],
    ['its origin has another host', { origin: 'https://evil.example', host: 'hooks.example' }],
    ['its origin has another port', { origin: 'http://hooks.example:81', host: 'hooks.example:80' }],
    ['its origin is opaque', { origin: 'null', host: 'null' }],
    ['its origin has no host', { origin: 'file:///x', host: '' }],
    ['nothing says where it comes from', { host: 'hooks.example' }],
    ['there are several hosts', { origin: 'https://a.example', host: ['a.example', 'b.example'] }],
  ])('does not where %s', (_, headers) => expect(isOwnOrigin(headers, PUBLIC)).toBe(false));

  it.each([
    ['GET', true],
    ['get', true],
    ['HEAD', true],
    ['OPTIONS', true],
    ['POST', false],
    ['DELETE', false],
    [undefined, false],
  ])('with the method %s is safe: %s', (method, safe) => expect(isSafeMethod(method)).toBe(safe));
});

it('names its origin by either header', () => {
  expect(namesItsOrigin({})).toBe(false);
  expect(namesItsOrigin({ origin: 'null' })).toBe(true);
  expect(namesItsOrigin({ 'sec-fetch-site': 'none' })).toBe(true);
});

it.each([
  ['the page', { origin: 'https://hooks.example' }, 'http://localhost:3000', true],
  ['the page', { origin: 'http://localhost:3000' }, 'https://hooks.example', false],
  ['the setting, without an origin', {}, 'https://hooks.example', true],
  ['the setting, without an origin', {}, 'http://localhost:3000', false],
])('uses TLS by %s %j %s: %s', (_, headers, base, expected) => expect(usesTls(headers, base)).toBe(expected));
