import fc from 'fast-check';
import { isStorable } from '@breakwater/platform';
import { describe, expect, it } from 'vitest';
import { compileSchema, PROBLEMS_MAX, type PayloadCheck } from './compile-schema.js';
import { SCHEMA_MAX_PARTS } from './schema-problems.js';

const compiled = (schema: unknown): PayloadCheck => {
  const check = compileSchema(schema, ['schema']);
  if (typeof check !== 'function') throw new Error(JSON.stringify(check));
  return check;
};
const problems = (schema: unknown): { pointer: string; rule: string; message: string }[] => {
  const found = compileSchema(schema, ['schema']);
  return typeof found === 'function' ? [] : found;
};

/** Definitions that each use the next one twice. */
const definitions = (names: string[], last: unknown = {}): Record<string, unknown> =>
  Object.fromEntries(
    names.map((name, at) => [
      name,
      at + 1 < names.length
        ? { allOf: [{ $ref: `#/$defs/${names[at + 1]}` }, { $ref: `#/$defs/${names[at + 1]}` }] }
        : last,
    ]),
  );
const chain = (length: number): string[] => Array.from({ length }, (_, at) => `d${at}`);

describe('a payload', () => {
  const order = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['id', 'total'],
    properties: {
      id: { type: 'string', pattern: '^o-\\d+$' },
      total: { $ref: '#/$defs/amount' },
      state: { enum: ['open', 'paid'] },
      at: { type: 'string', format: 'date-time' },
      tags: { type: 'array', items: { type: 'string' }, uniqueItems: true },
    },
    additionalProperties: false,
    $defs: { amount: { type: 'number', minimum: 0 } },
  };

  it.each<[string, unknown, [string, string][]]>([
    ['matches', { id: 'o-17', total: 42, state: 'open', at: '2026-11-28T01:00:00Z', tags: ['a'] }, []],
    [
      'lacks members',
      {},
      [
        ['/id', 'required'],
        ['/total', 'required'],
      ],
    ],
    ['is of another type', [1], [['', 'type']]],
    [
      'has a member that is not allowed',
      { id: 'o-1', total: 1, 'a/b': 1 },
      [['/a~1b', 'additionalProperties']],
    ],
    ['breaks a pattern', { id: 'x', total: 1 }, [['/id', 'pattern']]],
    ['breaks a limit behind a reference', { id: 'o-1', total: -1 }, [['/total', 'minimum']]],
    ['has a value that is not in the list', { id: 'o-1', total: 1, state: 'lost' }, [['/state', 'enum']]],
    ['breaks a format', { id: 'o-1', total: 1, at: 'soon' }, [['/at', 'format']]],
    ['has an item twice', { id: 'o-1', total: 1, tags: ['a', 'a'] }, [['/tags', 'uniqueItems']]],
  ])('that %s gets its problems with pointer and rule', (_, payload, expected) => {
    const check = compiled(order);
    expect(check(payload).map(({ pointer, rule }) => [pointer, rule])).toEqual(expected);
  });

  it('does not have the members that every object inherits', () => {
    expect(compiled({ required: ['toString'] })({})).toHaveLength(1);
  });

  it('gets the allowed values with the problem, and never its own', () => {
    const [problem] = compiled({ properties: { card: { enum: ['visa'] } } })({ card: 'secret-1' });
    expect(problem).toMatchObject({ bounds: ['visa'] });
    expect(JSON.stringify(problem)).not.toContain('secret-1');
  });

  it('gets at most 100 problems and the number of the others', () => {
    const found = compiled({ items: { type: 'string' } })(Array.from({ length: 250 }, () => 1));
    expect(found).toHaveLength(PROBLEMS_MAX + 1);
    expect(found.at(-1)).toEqual({ pointer: '', rule: 'count', message: 'and 150 more problems' });
  });

  it('that is large gets its first problem only, also behind references', () => {
    const texts = compiled({ items: { $ref: '#/$defs/text' }, $defs: { text: { type: 'string' } } });
    for (const length of [9_999, 60_000]) {
      const payload = Array.from({ length }, () => 1);
      expect(texts(payload)).toHaveLength(length < 10_000 ? PROBLEMS_MAX + 1 : 1);
    }
    const many = compiled({
      items: { $ref: '#/$defs/d0' },
      $defs: definitions(chain(7), { type: 'string' }),
    });
    expect(many(Array.from({ length: 1_000 }, () => 1))).toEqual([
      expect.objectContaining({ pointer: '/0' }),
    ]);
  });

  it('gets a pointer that can be stored, whatever its keys are', () => {
    const [problem] = compiled({ additionalProperties: false })({ ['\0\ud800' + 'x'.repeat(5000)]: 1 });
    expect(isStorable(problem!.pointer)).toBe(true);
    expect(problem!.pointer.length).toBeLessThanOrEqual(500);
  });
});

describe('a schema', () => {
  const nested = (depth: number): unknown => (depth === 0 ? {} : { not: nested(depth - 1) });

  it.each<[string, unknown, string, string]>([
    ['it is not an object', true, '/schema', 'type'],
    ['a keyword is misspelt', { proprties: {} }, '/schema/proprties', 'unknown_key'],
    [
      'a keyword of a part is misspelt',
      { items: { properties: { a: { typ: 1 } } } },
      '/schema/items/properties/a/typ',
      'unknown_key',
    ],
    ['a type does not exist', { properties: { a: { type: 'text' } } }, '/schema/properties/a/type', 'enum'],
    ['a keyword has a value of another type', { required: 'id' }, '/schema/required', 'type'],
    [
      'it is of another version',
      { $schema: 'http://json-schema.org/draft-07/schema#' },
      '/schema/$schema',
      'dialect',
    ],
    ['it refers to another document', { $ref: 'https://example.com/a.json' }, '/schema/$ref', 'reference'],
    ['it refers to a file', { $ref: 'file:///etc/passwd' }, '/schema/$ref', 'reference'],
    ['it refers to what is not there', { $ref: '#/$defs/a' }, '/schema/$ref', 'reference'],
    [
      'it refers to a part that is inherited',
      { $defs: {}, $ref: '#/$defs/constructor' },
      '/schema/$ref',
      'reference',
    ],
    ['it has a name for others', { $id: 'https://example.com/a' }, '/schema/$id', 'keyword'],
    ['it refers to itself', { properties: { a: { $ref: '#' } } }, '/schema/properties/a/$ref', 'recursive'],
    [
      'parts refer to each other',
      { $defs: { a: { items: { $ref: '#/$defs/b' } }, b: { not: { $ref: '#/$defs/a' } } } },
      '/schema/$defs/b/not/$ref',
      'recursive',
    ],
    [
      'references double the parts again and again',
      { $defs: definitions(chain(12)), $ref: '#/$defs/d0' },
      '/schema',
      'parts',
    ],
    [
      'many references lead to each other',
      { $defs: definitions(chain(40)) },
      '/schema/$defs/d15/allOf/0/$ref',
      'references',
    ],
    ['a part has definitions', { items: { $defs: {} } }, '/schema/items/$defs', 'place'],
    ['a pattern may take very long', { pattern: '^(a+)+$' }, '/schema/pattern', 'pattern'],
    [
      'a pattern of names may take very long',
      { patternProperties: { '(a+)+': {} } },
      '/schema/patternProperties/(a+)+',
      'pattern',
    ],
    ['a format is not known', { format: 'regex' }, '/schema/format', 'format'],
    [
      'items of any type must be unique',
      { uniqueItems: true, items: {} },
      '/schema/uniqueItems',
      'unique_items',
    ],
    ['items without a schema must be unique', { uniqueItems: true }, '/schema/uniqueItems', 'unique_items'],
    ['an enum has no value', { properties: { a: { enum: [] } } }, '/schema/properties/a/enum', 'count'],
    ['an enum is long', { enum: Array.from({ length: 1001 }, (_, n) => n) }, '/schema/enum', 'count'],
    [
      'an enum has many objects',
      { enum: Array.from({ length: 51 }, (_, n) => [n]) },
      '/schema/enum',
      'count',
    ],
    ['a key cannot be stored', { properties: { 'a\0': {} } }, '/schema/properties/a\0', 'key'],
    ['a text cannot be stored', { const: '\ud800' }, '/schema/const', 'text'],
    ['it is nested deeply', nested(40), '/schema', 'depth'],
    ['it is large', { description: 'x'.repeat(65_536) }, '/schema', 'size'],
    ['it has many keys', { enum: [Array.from({ length: 10_001 }, () => 1)] }, '/schema', 'size'],
    ['a keyword has no effect', { if: {} }, '/schema', 'schema'],
  ])('is refused with the place if %s', (_, schema, pointer, rule) => {
    expect(problems(schema)).toContainEqual(expect.objectContaining({ pointer, rule }));
  });

  it('gets all its problems at once', () => {
    expect(problems({ typ: 'object', pattern: '(' }).map(({ rule }) => rule)).toEqual([
      'unknown_key',
      'pattern',
    ]);
  });

  it('gets the reason in the words of schemas', () =>
    expect(problems({ if: {} })).toMatchObject([{ message: '"if" without "then" and "else" is ignored' }]));

  it('gets each problem of the meta-schema once', () => {
    const found = problems({ type: 'text' }).map(({ pointer, message }) => `${pointer} ${message}`);
    expect(new Set(found).size).toBe(found.length);
  });

  it.each<[string, unknown]>([
    [
      'a shared part',
      { $defs: { a: {} }, properties: { x: { $ref: '#/$defs/a' }, y: { $ref: '#/$defs/a' } } },
    ],
    ['definitions by their earlier name', { definitions: { a: {} }, items: { $ref: '#/definitions/a' } }],
    ['boolean parts', { properties: { a: true, b: false }, unevaluatedProperties: false }],
    ['conditions', { if: { required: ['a'] }, else: { required: ['b'] } }],
    ['descriptions', { title: 'Order', examples: [{}], deprecated: true, $comment: 'x' }],
    ['unique texts and numbers', { uniqueItems: true, items: { type: ['string', 'integer'] } }],
    [
      'the largest number of parts',
      {
        properties: Object.fromEntries(
          Array.from({ length: SCHEMA_MAX_PARTS - 1 }, (_, n) => [`p${n}`, true]),
        ),
      },
    ],
  ])('may have %s', (_, schema) => expect(problems(schema)).toEqual([]));
});

describe('no schema and no payload', () => {
  const names = fc.constantFrom('a', 'b', '__proto__', 'toString', '\0');
  const { schema } = fc.letrec<{ schema: unknown; part: unknown }>((tie) => ({
    part: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.boolean(), tie('schema')),
    schema: fc.record(
      {
        type: fc.constantFrom('object', 'array', 'string', 'number', 'null', ['string', 'null'], 'text', 7),
        properties: fc.dictionary(names, tie('part'), { maxKeys: 3 }),
        patternProperties: fc.dictionary(fc.constantFrom('^a', '^b+$', '(a+)+'), tie('part'), { maxKeys: 2 }),
        additionalProperties: tie('part'),
        unevaluatedProperties: tie('part'),
        required: fc.uniqueArray(names, { maxLength: 3 }),
        items: tie('part'),
        prefixItems: fc.array(tie('part'), { minLength: 1, maxLength: 2 }),
        uniqueItems: fc.boolean(),
        anyOf: fc.array(tie('part'), { minLength: 1, maxLength: 2 }),
        oneOf: fc.array(tie('part'), { minLength: 1, maxLength: 2 }),
        not: tie('part'),
        enum: fc.array(fc.jsonValue(), { maxLength: 3 }),
        const: fc.jsonValue(),
        minimum: fc.double(),
        multipleOf: fc.constantFrom(0, 1, 0.1, -1),
        maxLength: fc.integer({ min: -1, max: 5 }),
        pattern: fc.constantFrom('^[a-z]{2,4}$', '^\\d+$', '^(a|b)$', '['),
        format: fc.constantFrom('date-time', 'email', 'uri', 'regex'),
        $ref: fc.constantFrom('#', '#/$defs/a', '#/$defs/missing', 'https://example.com'),
        $defs: fc.dictionary(fc.constantFrom('a', 'b'), tie('part'), { maxKeys: 2 }),
        dependentRequired: fc.dictionary(names, fc.uniqueArray(names)),
      },
      { requiredKeys: [] },
    ),
  }));
  const payloads = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.dictionary(names, fc.jsonValue()));

  it('makes an error: the check finds problems that can be stored', () => {
    fc.assert(
      fc.property(
        fc.oneof({ arbitrary: schema, weight: 9 }, fc.jsonValue()),
        fc.array(payloads, { maxLength: 3 }),
        (document, some) => {
          const check = compileSchema(document, ['schema']);
          if (typeof check !== 'function') {
            expect(check.length).toBeGreaterThan(0);
            return;
          }
          for (const payload of some) {
            const found = check(payload);
            for (const { pointer, message } of found)
              expect([isStorable(pointer), isStorable(message)]).toEqual([true, true]);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
