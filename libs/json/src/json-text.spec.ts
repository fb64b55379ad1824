import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blank, jsonText } from '@breakwater/testing/json-text.js';
import { fillIn, JsonText, withoutBlanks } from './json-text.js';

describe('JSON with parts that are already text', () => {
  it('keeps each part as it was written', () => {
    const parts = { a: new JsonText('1e2'), b: [new JsonText('{"x": 616581622363398142}'), 'plain'] };
    expect(fillIn(parts, 'mark')).toBe('{"a":1e2,"b":[{"x": 616581622363398142},"plain"]}');
  });

  it('does not change a part that looks like a replacement pattern', () => {
    expect(fillIn({ a: new JsonText('"$& $1"') }, 'mark')).toBe('{"a":"$& $1"}');
  });

  it('is the same as from JSON.stringify where there are none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(fillIn(value, 'mark')).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe('a JSON text without white space', () => {
  it('keeps white space inside strings', () => {
    expect(withoutBlanks(' { "a \\" b" : [ 1 ,\n\t"c d" ] } ')).toBe('{"a \\" b":[1,"c d"]}');
  });

  it('is the same whatever white space was between its parts', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(blank, jsonText, blank)), (items) => {
        const spaced = `[${items.map((parts) => parts.join('')).join(',')}]`;
        const tight = `[${items.map(([, text]) => text).join(',')}]`;
        expect(withoutBlanks(spaced)).toBe(withoutBlanks(tight));
      }),
    );
  });
});
