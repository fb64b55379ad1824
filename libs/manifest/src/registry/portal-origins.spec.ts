import { describe, expect, it } from 'vitest';
import { portalOriginsProblems } from './portal-origins.js';

const pointers = (origins: unknown): string[] => portalOriginsProblems(origins).map(({ pointer }) => pointer);

describe('the origins that may frame a portal', () => {
  it.each([
    'https://shop.example',
    'https://a-b.shop.example:8443',
    'https://localhost',
    'http://localhost',
    'http://localhost:5173',
    'https://192.0.2.1',
  ])('may be %s', (origin) => expect(pointers([origin])).toEqual([]));

  it.each([
    'http://shop.example',
    'https://shop.example/',
    'https://shop.example/path',
    'https://Shop.example',
    'https://*.shop.example',
    'https://shop.example; script-src *',
    'https://shop.example\nx: y',
    'https://user@shop.example',
    'https://shop.example:0',
    'https://-shop.example',
    `https://${'a.'.repeat(130)}example`,
    'https://',
    '*',
    "'self'",
    'null',
    '',
    7,
    null,
  ])('may not be %j', (origin) => expect(pointers([origin])).toEqual(['/portalOrigins/0']));

  it('may be none, and need not be given', () => {
    expect(pointers([])).toEqual([]);
    expect(pointers(undefined)).toEqual([]);
  });

  it.each([
    ['a text', 'https://shop.example'],
    ['null', null],
    ['twice the same', ['https://a.example', 'https://a.example']],
    ['more than 20', Array.from({ length: 21 }, (_, n) => `https://a${n}.example`)],
  ])('are a list of at most 20 different ones: not %s', (_, origins) =>
    expect(pointers(origins)).toEqual(['/portalOrigins']),
  );
});
