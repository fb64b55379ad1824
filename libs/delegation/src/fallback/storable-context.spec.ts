import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storableContext } from './storable-context.js';

describe('a context as it is stored', () => {
  it('shows where a NUL or half a surrogate pair was, in keys too', () => {
    expect(storableContext({ 'a\0': 'b\0\ud800', list: ['\0', { x: 1, '\0y': null }] })).toEqual({
      'a\ufffd': 'b\ufffd\ufffd',
      list: ['\ufffd', { x: 1, '\ufffdy': null }],
    });
  });

  it('is otherwise unchanged', () => {
    const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));
    const json = fc
      .jsonValue({ stringUnit: 'grapheme' })
      .map((value) => JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '')) as unknown);
    fc.assert(
      fc.property(
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          json,
        ),
        (context) => {
          expect(storableContext(context)).toEqual(JSON.parse(JSON.stringify(context)));
        },
      ),
    );
  });
});
