import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '@breakwater/testing/database.js';
import { isStorable } from '../text/storable.js';
import { arrayLiteral } from './array-literal.js';
import { Database } from './database.service.js';

describe('an array of PostgreSQL', () => {
  it.each<[string, Parameters<typeof arrayLiteral>[0], string]>([
    ['no element', [], '{}'],
    ['null and undefined', [null, undefined], '{NULL,NULL}'],
    ['numbers', [1, -2.5, 1e21], '{1,-2.5,1e+21}'],
    ['truth values', [true, false], '{true,false}'],
    ['a moment', [new Date(Date.UTC(2026, 0, 1))], '{"2026-01-01T00:00:00.000Z"}'],
    ['plain texts', ['a', '', 'NULL', '{b,c}'], '{"a","","NULL","{b,c}"}'],
    ['JSON', ['{"a":"\\n"}'], String.raw`{"{\"a\":\"\\n\"}"}`],
    ['a quote beside a line break', ['"\n\\'], '{"\\"\n\\\\"}'],
  ])('is written with %s', (_, elements, literal) => expect(arrayLiteral(elements)).toBe(literal));

  it('is read by PostgreSQL as the texts that were given', async () => {
    const created = await createTestDatabase();
    const database = new Database({ url: created.url, poolMax: 2 });
    const text = fc
      .oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\t', '{', ',', '}', 'a', '\u2028', '\x7f') }),
      )
      .filter(isStorable);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text)), async (texts) => {
        const [row] = await database.query<{ texts: (string | null)[] }>(
          { text: 'SELECT to_json($1::text[]) AS texts' },
          [arrayLiteral(texts)],
        );
        expect(row!.texts).toEqual(texts);
      }),
    );
    await database.pool.end();
    await created.drop();
  });
});
