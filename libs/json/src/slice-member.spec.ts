import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blank, jsonText } from '@breakwater/testing/json-text.js';
import { sliceItems, sliceMember, sliceMembers } from './slice-member.js';

const slice = (text: string, member = 'payload'): string | undefined =>
  sliceMember(Buffer.from(text), member)?.toString();

describe('a slice of a member', () => {
  it.each([
    ['an object', '{"payload": {"a": 1}, "context": {}}', '{"a": 1}'],
    ['a number beyond double precision', '{"payload":12345678901234567890}', '12345678901234567890'],
    ['white space inside', '{ "payload" : [ 1 ,\n 2 ] }', '[ 1 ,\n 2 ]'],
    ['a string with quotes, brackets and commas', '{"payload":"a\\"}],\\\\","x":1}', '"a\\"}],\\\\"'],
    ['a literal before a brace', '{"payload":null}', 'null'],
    ['a literal before a space', '{"payload":true }', 'true'],
    ['an escaped key', '{"p\\u0061yload":1}', '1'],
    ['the last of several', '{"payload":1,"payload":2}', '2'],
    ['not one on a deeper level', '{"x":{"payload":1},"payload":2}', '2'],
    ['a member after others', '{"a":"}","b":[{"c":"]"}],"payload":{"d":{}}}', '{"d":{}}'],
    ['after a byte order mark', '\ufeff {"payload":[1]}', '[1]'],
    ['characters beyond ASCII', '{"ä":"ö","payload":"ü€😀"}', '"ü€😀"'],
  ])('is the text as it was written: %s', (_, document, expected) => expect(slice(document)).toBe(expected));

  it.each([
    ['an empty object', '{}'],
    ['an object without the member', '{"context":{"payload":1}}'],
  ])('is null for %s', (_, document) => expect(sliceMember(Buffer.from(document), 'payload')).toBeNull());

  it('ends with a document that is cut off', () => {
    expect(sliceMember(Buffer.from('{"payload":[1'), 'payload')!.toString()).toBe('[1');
  });

  it('means the same as with JSON.parse, for any object', () => {
    const key = fc.oneof(fc.constantFrom('payload', 'context', '', '"', '\\'), fc.string());
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.jsonValue(), { maxKeys: 6 }),
        fc.jsonValue(),
        fc.constantFrom(0, 1, 2),
        (others, payload, indent) => {
          const object = { ...others, payload };
          const text = JSON.stringify(object, null, indent);
          expect(JSON.parse(slice(text)!)).toEqual(JSON.parse(text).payload);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('slices of any JSON text', () => {
  it('are each item of a list, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(blank, jsonText, blank)), (items) => {
        const text = `[${items.map((item) => item.join('')).join(',')}]`;
        expect(sliceItems(Buffer.from(text)).map(String)).toEqual(items.map(([, item]) => item));
      }),
    );
  });

  it('are each member of an object, byte for byte', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.string(), jsonText), { selector: ([key]) => key }), (all) => {
        const text = `\ufeff { ${all.map(([key, item]) => `${JSON.stringify(key)} : ${item}`).join(' , ')} } `;
        const found = [...sliceMembers(Buffer.from(text))].map(([key, item]) => [key, String(item)]);
        expect(found).toEqual(all);
      }),
    );
  });

  it.each([
    ['an empty list', '[ ]', []],
    ['a list that is cut off', '[1,[2', ['1', '[2']],
    ['a list that is cut off after an item', '[1 2', ['1']],
  ])('end with the document: %s', (_, text, expected) =>
    expect(sliceItems(Buffer.from(text)).map(String)).toEqual(expected),
  );
});
