import { describe, expect, it } from 'vitest';
import { notationOf, partsOf, readDraft, writeDraft } from './manifest-text.js';

const JSON_TEXT = `{
  "name": "Shop",
  "webhooks": {
    "quote": { "url": "/quote", "timeout": 1 },
    "a/b": "/ab"
  },
  "list": [1, { "x": true }]
}`;
const YAML_TEXT = `name: Shop
webhooks:
  quote:
    url: /quote
    timeout: 1
`;

describe('the text of a manifest', () => {
  it.each([
    ['/webhooks/quote/timeout', '1'],
    ['/name', '"Shop"'],
    ['/webhooks/quote', '"quote"'],
    ['/webhooks/a~1b', '"/ab"'],
    ['/list/1/x', 'true'],
    ['/list/0', '1'],
    ['/webhooks/gone/url', '"webhooks"'],
    ['', '{'],
  ])('%s of JSON is at %s', (pointer, marked) => {
    const { from, to } = readDraft(JSON_TEXT).locate(pointer);
    expect(JSON_TEXT.slice(from, to)).toBe(marked);
  });

  it('YAML has places too', () => {
    const { from, to } = readDraft(YAML_TEXT).locate('/webhooks/quote/timeout');
    expect(YAML_TEXT.slice(from, to)).toBe('1');
  });

  it('a mistake of the notation is found where it stands', () => {
    const { value, findings } = readDraft('{"name": "Shop",, }');
    expect(value).toBeUndefined();
    expect(findings[0]).toMatchObject({ isWarning: false, pointer: '' });
    expect(findings[0]!.from).toBeGreaterThan(10);
  });

  it('a name that stands twice is a mistake', () => {
    expect(readDraft('{"a": 1, "a": 2}').findings[0]?.message).toMatch(/unique/);
  });

  it('an empty text has no value and one place', () => {
    expect(readDraft('')).toMatchObject({ value: null, findings: [] });
    expect(readDraft('').locate('/name')).toEqual({ from: 0, to: 0 });
  });

  it('both notations say the same', () => {
    const { value } = readDraft(JSON_TEXT);
    expect(readDraft(writeDraft(value, 'yaml')).value).toEqual(value);
    expect(readDraft(writeDraft(value, 'json')).value).toEqual(value);
    expect([JSON_TEXT, YAML_TEXT].map(notationOf)).toEqual(['json', 'yaml']);
  });

  it('a pointer has its parts unescaped', () => expect(partsOf('/a~1b/~0')).toEqual(['a/b', '~']));
});
