import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalDigest, canonicalJson } from './canonical-digest.js';
import { endpointUrl } from './endpoint-url.js';
import { resolveTimeout } from './resolve-timeout.js';

const settings = { default: 10_000, asyncDefault: 30_000, byCapability: { quiz_answer: 2000 } };

describe('a timeout', () => {
  it.each([
    ['is the app’s override, whatever else is set', { quiz_answer: 7000 }, 5000, 'quiz_answer', false, 7000],
    ['is the manifest’s without an override', { other: 7000 }, 5000, 'quiz_answer', false, 5000],
    ['is the capability’s setting without a manifest’s', {}, null, 'quiz_answer', false, 2000],
    ['is the capability’s setting for an async capability, too', {}, null, 'quiz_answer', true, 2000],
    ['is the default otherwise', {}, null, 'other', false, 10_000],
    ['is the async default otherwise, if async', {}, null, 'other', true, 30_000],
    ['is never over 30 s for a sync call', { other: 60_000 }, null, 'other', false, 30_000],
    ['may be 60 s for an async one', { other: 60_000 }, null, 'other', true, 60_000],
    ['is not a member that every object inherits', {}, null, 'constructor', false, 10_000],
  ])('%s', (_, appTimeouts, manifestTimeoutMs, capability, async, expected) =>
    expect(resolveTimeout({ appTimeouts, manifestTimeoutMs, settings }, capability, async)).toBe(expected),
  );
});

describe('the digest of a document', () => {
  it('is sha256 of its canonical form', () =>
    expect(canonicalDigest({ b: [1, null], a: 'x' })).toBe(
      canonicalDigest(JSON.parse('{"a":"x","b":[1,null]}')),
    ));

  it('leaves undefined out', () => expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}'));
  it('treats undefined as null', () => expect(canonicalJson([undefined])).toBe('[null]'));
  it('depends on the order of lists', () =>
    expect(canonicalDigest([1, 2])).not.toBe(canonicalDigest([2, 1])));

  it('does not depend on the order of keys', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (document) => {
        const reversed = Object.fromEntries(Object.entries(document).reverse());
        expect(canonicalDigest(reversed)).toBe(canonicalDigest(document));
      }),
    ));

  it('is written as JSON of the same value', () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    ));
});

describe('the URL of an endpoint', () => {
  it.each([
    ['https://a.example', '/x', 'https://a.example/x'],
    ['https://a.example/', '/x?y=1', 'https://a.example/x?y=1'],
    ['https://a.example/v1/', '/x', 'https://a.example/v1/x'],
    ['https://a.example/v1?token=abc', '/x', 'https://a.example/v1/x?token=abc'],
    ['https://a.example/v1?token=abc', '/x?y=1&z=?', 'https://a.example/v1/x?token=abc&y=1&z=?'],
    ['https://a.example/v1/?q#f', '/x', 'https://a.example/v1/x?q'],
    ['https://a.example?', '/x', 'https://a.example/x'],
    ['https://a.example?token=abc', 'https://b.example/y', 'https://b.example/y'],
    ['https://a.example', 'https://b.example', 'https://b.example'],
    ['nope', '/x', null],
    ['https://a.example', 'https://', null],
    ['https://a.example', `/${'x'.repeat(2048)}`, null],
  ])('of %s and %s', (baseUrl, url, expected) => expect(endpointUrl(baseUrl, url)).toBe(expected));
});
