import { describe, expect, it } from 'vitest';
import { withoutReferences } from './without-references.js';

describe('a schema without references', () => {
  it.each<[string, Record<string, unknown>, object]>([
    [
      'has the definition in the place of each reference',
      {
        properties: { a: { $ref: '#/$defs/x' } },
        items: { $ref: '#/definitions/y' },
        $defs: { x: { type: 'null' } },
        definitions: { y: false },
      },
      { properties: { a: { allOf: [{ type: 'null' }] } }, items: { allOf: [false] } },
    ],
    [
      'keeps what is beside a reference',
      { $ref: '#/$defs/x', title: 'a', allOf: [true], $defs: { x: {} } },
      { title: 'a', allOf: [true, {}] },
    ],
    [
      'has definitions in the place of references within definitions',
      { anyOf: [{ $ref: '#/$defs/x' }], $defs: { x: { not: { $ref: '#/$defs/y' } }, y: { minLength: 1 } } },
      { anyOf: [{ allOf: [{ not: { allOf: [{ minLength: 1 }] } }] }] },
    ],
    [
      'leaves values that only look like references',
      { enum: [{ $ref: '#/$defs/x' }], properties: { $ref: { type: 'string' }, $defs: {} } },
      { enum: [{ $ref: '#/$defs/x' }], properties: { $ref: { type: 'string' }, $defs: {} } },
    ],
  ])('%s', (_, schema, expected) => expect(withoutReferences(schema)).toEqual(expected));
});
