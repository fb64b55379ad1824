import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from '@breakwater/testing/json-text.js';
import { spellings, staticValuesOf, withStaticValues } from './static-values.js';
import { validateManifest } from './validate-manifest.js';

const manifest = (webhooks: string): string =>
  `{"name":"n","ownerEmail":"o@example.com","baseUrl":"https://example.com","webhooks":${webhooks}}`;

describe('the static values of a manifest', () => {
  it('are the text that was written, whatever JSON it is', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const fallback = `{ "strategy" : "static", "value" : ${text} }`;
        const document = manifest(
          `{"plain":"/p","named":{"url":"/n","fallback":"none"},"a":{"fallback":${fallback}}}`,
        );
        expect(staticValuesOf(Buffer.from(document))).toEqual({ a: text });
      }),
    );
  });

  it('are empty for a manifest without any', () => {
    expect(staticValuesOf(Buffer.from('{}'))).toEqual({});
  });

  it('are stored beside the parsed ones', () => {
    const text = manifest('{"a":{"url":"/","fallback":{"strategy":"static","value":1.50}},"b":"/b"}');
    const verdict = validateManifest(JSON.parse(text));
    if (!verdict.ok) throw new Error('not valid');
    const { webhooks } = withStaticValues(verdict.manifest, staticValuesOf(Buffer.from(text)));
    expect(webhooks.map(({ fallback }) => fallback)).toEqual([
      { strategy: 'static', value: 1.5, text: '1.50' },
      null,
    ]);
  });

  it.each([
    ['a canonical text', '{"a":1,"b":[true]}', undefined],
    ['white space', ' { "a" : 1 }', undefined],
    ['another order of keys', '{"b": 1, "a": 2}', '{"b":1,"a":2}'],
    ['digits beyond double precision', '616581622363398142', '616581622363398142'],
    ['an exponent', '1e2', '1e2'],
    ['white space in a text', '"a b"', undefined],
  ])('count as a change if their spelling differs: %s', (_, text, spelt) => {
    expect(spellings({ a: text })).toEqual(spelt === undefined ? {} : { a: spelt });
  });
});
