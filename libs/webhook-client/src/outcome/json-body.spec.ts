import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blank, jsonText } from '@breakwater/testing/json-text.js';
import { parseJsonBody } from './json-body.js';

describe('a JSON body', () => {
  it('is read whatever its value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        const bytes = Buffer.from(text);
        expect(parseJsonBody(bytes)).toEqual({ ok: true, value: JSON.parse(text), bytes });
      }),
    );
  });

  it('keeps its text, without byte order mark and white space around it', () => {
    fc.assert(
      fc.property(jsonText, blank, fc.constantFrom('', '\ufeff'), (text, space, mark) => {
        const body = Buffer.from(`${mark}${space}${text}${space}`);
        expect(parseJsonBody(body)).toMatchObject({ ok: true, bytes: Buffer.from(text) });
      }),
    );
  });

  it('may be nested 256 levels and no deeper', () => {
    const nested = (levels: number) =>
      Buffer.from('[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2));
    expect(parseJsonBody(nested(256)).ok).toBe(true);
    expect(parseJsonBody(nested(258)).ok).toBe(false);
  });

  it('may hold any number of brackets in its texts and side by side', () => {
    expect(parseJsonBody(Buffer.from(JSON.stringify(`\\"${'['.repeat(1000)}`))).ok).toBe(true);
    expect(parseJsonBody(Buffer.from(`[${'[],'.repeat(1000)}[]]`)).ok).toBe(true);
  });

  it.each(['', ' ', 'ok', '{', '{}{}', "{'a':1}", 'undefined', '\ufeff', '\ufeff\ufeff{}'])(
    'is not %j',
    (text) => {
      expect(parseJsonBody(Buffer.from(text)).ok).toBe(false);
    },
  );
});
