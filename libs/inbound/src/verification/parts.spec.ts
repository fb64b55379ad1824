import { describe, expect, it } from 'vitest';
import { decode } from './encoding.js';
import { memberAt, scalarText } from './json-pointer.js';
import { publicKey } from './keys.js';
import { isPinnedUrl } from './pinned-url.js';
import { headerValues } from './request.js';
import { partsOf } from './template.js';
import { timeOf } from './timestamp.js';
import { urlsOf } from './url-ports.js';

it('a header is found in any case, as often as it is there', () => {
  const headers = [
    ['X-A', '1'],
    ['x-a', '2'],
    ['X-B', '3'],
  ] as const;
  const request = { method: 'POST', url: '', headers, body: Buffer.alloc(0) };
  expect(headerValues(request, 'x-A')).toEqual(['1', '2']);
  expect(headerValues(request, 'x-c')).toEqual([]);
});

it.each([
  ['00fF', 'hex', '00ff'],
  ['0', 'hex', null],
  ['0g', 'hex', null],
  ['', 'hex', null],
  ['+/8=', 'base64', 'fbff'],
  ['+/8', 'base64', 'fbff'],
  ['-_8', 'base64', null],
  ['-_8', 'base64url', 'fbff'],
  ['A', 'base64', null],
  ['AA A', 'base64', null],
] as const)('%j in %s is %s', (text, encoding, bytes) => {
  expect(decode(text, encoding)?.toString('hex') ?? null).toBe(bytes);
});

it.each([
  ['/a/b', { a: { b: 1 } }, 1],
  ['/a/0', { a: ['x'] }, 'x'],
  ['/a~1b/~0', { 'a/b': { '~': 2 } }, 2],
  ['/toString', {}, undefined],
  ['/a/b', { a: null }, undefined],
  ['/length', 'text', undefined],
  ['', 7, 7],
])('%j of a document', (pointer, document, value) => {
  expect(memberAt(document, pointer)).toBe(value);
});

it('numbers and booleans are texts, objects are none', () => {
  expect([scalarText('a'), scalarText(1130), scalarText(true), scalarText(null), scalarText([])]).toEqual([
    'a',
    '1130',
    'true',
    null,
    null,
  ]);
});

describe('a time', () => {
  it.each([
    ['1796126400', 's', 1_796_126_400_000],
    ['1796126400123', 'ms', 1_796_126_400_123],
    ['2026-12-01T12:00:00Z', 'iso', 1_796_126_400_000],
    ['2026-12-01T13:00:00.000000+01:00', 'iso', 1_796_126_400_000],
    ['2026-12-01', 'iso', null],
    ['2026-13-01T12:00:00Z', 'iso', null],
    ['-1', 's', null],
    ['1e9', 's', null],
    ['1'.repeat(16), 's', null],
    ['', 'ms', null],
  ] as const)('%j in %s is %s', (text, unit, time) => {
    expect(timeOf(text, unit)).toBe(time);
  });
});

it('a URL is spelt with and without its port', () => {
  expect(urlsOf('https://a.example/x?y')).toEqual(['https://a.example/x?y', 'https://a.example:443/x?y']);
  expect(urlsOf('http://[::1]/')).toEqual(['http://[::1]/', 'http://[::1]:80/']);
  expect(urlsOf('https://a.example:8443/')).toEqual(['https://a.example:8443/', 'https://a.example/']);
  expect(urlsOf("https://a.example/it's é")).toContain("https://a.example:443/it's%20%C3%A9");
  expect(urlsOf('nonsense')).toEqual(['nonsense']);
});

it('a star in a pinned host stands for one label', () => {
  const hosts = ['sns.*.amazonaws.com'];
  expect(isPinnedUrl('https://sns.eu-west-1.amazonaws.com/a.pem', hosts)).toBe(true);
  expect(isPinnedUrl('https://SNS.EU-WEST-1.AMAZONAWS.COM/a.pem', hosts)).toBe(true);
  expect(isPinnedUrl('https://sns.a.b.amazonaws.com/a.pem', hosts)).toBe(false);
  expect(isPinnedUrl('https://sns.amazonaws.com/a.pem', hosts)).toBe(false);
  expect(isPinnedUrl(`https://sns.eu-west-1.amazonaws.com/${'a'.repeat(2048)}`, hosts)).toBe(false);
});

it('keys and templates are remembered, and the oldest are forgotten together', () => {
  for (let each = 0; each < 1100; each++) {
    expect(publicKey(`key ${each}`, { form: 'pem' })).toBeNull();
    expect(partsOf(`{body}${each}`)).toHaveLength(2);
  }
  expect(publicKey('key 1', { form: 'pem' })).toBeNull();
});
