import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from './json-fault.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('the place where a text stops being JSON', () => {
  it.each([
    ['', 1, 1, 'a value', 'the end'],
    ['{"payload":', 1, 12, 'a value', 'the end'],
    ['{"a": 1,\n "b": 2,\n}', 3, 1, 'a name in double quotes', '"}"'],
    ['{"a": 1\n "b": 2}', 2, 2, '"," or "}"', '"""'],
    ["{'a': 1}", 1, 2, 'a name in double quotes or "}"', '"\'"'],
    ['{a: 1}', 1, 2, 'a name in double quotes or "}"', '"a"'],
    ['{"a" 1}', 1, 6, '":" after the name', '"1"'],
    ['[1, 2,]', 1, 7, 'a value', '"]"'],
    ['[1 2]', 1, 4, '"," or "]"', '"2"'],
    ['[,]', 1, 2, 'a value or "]"', '","'],
    ['{"a": undefined}', 1, 7, 'a value', '"undefined"'],
    ['{"a": 01}', 1, 8, '"," or "}"', '"1"'],
    ['{"a": NaN}', 1, 7, 'a value', '"NaN"'],
    ['{"a": "b', 1, 9, 'a double quote', 'the end'],
    ['{"a": "\\x"}', 1, 8, 'an escape that JSON knows', '"\\"'],
    ['{"a": "b\nc"}', 1, 9, 'an escape such as \\n, as a text is one line', 'U+000A'],
    ['{} {}', 1, 4, 'the end', '"{"'],
    ['\ufeff{}', 1, 1, 'a value', 'U+FEFF'],
    ['{"a": 😀}', 1, 7, 'a value', '"😀"'],
    ['{]', 1, 2, 'a name in double quotes or "}"', '"]"'],
  ])('%j: line %i, column %i, %s, but %s', (text, line, column, expected, found) => {
    expect(jsonFault(text)).toEqual({ line, column, expected, found });
  });

  it('is found at any depth', () => {
    expect(jsonFault('['.repeat(100_000))).toMatchObject({ column: 100_001, found: 'the end' });
  });

  it('does not exist in JSON, and exists in everything else', () => {
    const spoilt = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', '\\', '1', 'x', '\n', '\u0001'))
      .map(([text, at, piece]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + piece + text.slice(place + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), spoilt, fc.string()), (text) => {
        expect(jsonFault(text) === null).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
