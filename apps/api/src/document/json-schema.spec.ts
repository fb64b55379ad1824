import { describe, expect, it } from 'vitest';
import { asComponents, close, mayBeLeftOut, modernise, type Schema, withoutNul } from './json-schema.js';

describe('a schema as Nest writes it', () => {
  it.each<[string, Schema, Schema]>([
    ['a text that may be null', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [
      'a choice that may be null',
      { type: 'string', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      'another schema that may be null',
      { type: 'object', nullable: true, allOf: [{ $ref: '#/x' }] },
      { anyOf: [{ $ref: '#/x' }, { type: 'null' }] },
    ],
    ['what is not nullable', { type: 'string', nullable: false }, { type: 'string' }],
    ['an object without known members', { type: 'object', description: 'Any.' }, { description: 'Any.' }],
    [
      'a map',
      { type: 'object', additionalProperties: { type: 'number' } },
      { type: 'object', additionalProperties: { type: 'integer' } },
    ],
    ['a number', { type: 'number' }, { type: 'integer' }],
    ['a fraction', { type: 'number', format: 'double' }, { type: 'number', format: 'double' }],
    ['a list', { type: 'array', items: { type: 'number' } }, { type: 'array', items: { type: 'integer' } }],
    [
      'a member with a default',
      { type: 'object', properties: { a: { type: 'string', default: 'x' }, b: {} }, required: ['a', 'b'] },
      { type: 'object', properties: { a: { type: 'string', default: 'x' }, b: {} }, required: ['b'] },
    ],
    [
      'the only one',
      { type: 'object', properties: { a: { default: false } }, required: ['a'] },
      { type: 'object', properties: { a: { default: false } } },
    ],
  ])('is written in JSON Schema 2020-12: %s', (_, schema, expected) => {
    modernise(schema);
    expect(schema).toEqual(expected);
  });
});

describe('a request body', () => {
  it('is closed at every level, through references and loops, unless it is open on purpose', () => {
    const inner: Schema = { type: 'object', properties: { self: { $ref: '#/components/schemas/Inner' } } };
    const open: Schema = { type: 'object', properties: {}, additionalProperties: true };
    const body: Schema = {
      type: 'object',
      properties: { inner: { $ref: '#/components/schemas/Inner' }, open },
    };
    close({ $ref: '#/components/schemas/Body' }, { Body: body, Inner: inner });
    expect([body, inner, open].map((schema) => schema.additionalProperties)).toEqual([false, false, true]);
  });

  it.each<[string, Schema, boolean]>([
    ['no member is required', { type: 'object', properties: { a: {} } }, true],
    ['a member is required', { type: 'object', properties: { a: {} }, required: ['a'] }, false],
    ['it is any JSON', {}, false],
    ['it is a list', { type: 'array' }, false],
    ['it is elsewhere', { $ref: '#/components/schemas/Free' }, true],
    ['it is nowhere', { $ref: '#/components/schemas/Lost' }, false],
  ])('may be absent or not: %s', (_, schema, expected) => {
    expect(mayBeLeftOut(schema, { Free: { type: 'object' } })).toBe(expected);
  });
});

it('definitions of a JSON Schema become schemas of the document', () => {
  const schema: Schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { a: { $ref: '#/$defs/part' }, other: { $ref: '#/elsewhere' } },
    $defs: { part: { anyOf: [{ $ref: '#/$defs/json' }] }, json: { type: ['string', 'null'] } },
  };
  expect(asComponents('Manifest', schema)).toEqual({
    Manifest: {
      type: 'object',
      properties: { a: { $ref: '#/components/schemas/ManifestPart' }, other: { $ref: '#/elsewhere' } },
    },
    ManifestPart: { anyOf: [{ $ref: '#/components/schemas/ManifestJson' }] },
    ManifestJson: { description: 'Any JSON.' },
  });
});

it('allows no U+0000 in a text of a request, unless its pattern is narrower', () => {
  const text = (): Schema => ({ type: 'string' });
  const inner: Schema = { type: 'object', properties: { b: text() } };
  const schema: Schema = {
    type: 'object',
    properties: {
      a: text(),
      list: { type: 'array', items: text() },
      choice: { type: 'string', enum: ['x'] },
      at: { type: 'string', format: 'date-time' },
      narrow: { type: 'string', pattern: '^a$' },
      inner: { $ref: '#/components/schemas/Inner' },
    },
  };
  withoutNul(schema, { Inner: inner });
  const kept = { type: 'string', pattern: String.raw`^[^\u0000]*$` };
  expect(schema.properties).toEqual({
    a: kept,
    list: { type: 'array', items: kept },
    choice: { type: 'string', enum: ['x'] },
    at: { type: 'string', format: 'date-time' },
    narrow: { type: 'string', pattern: '^a$' },
    inner: { $ref: '#/components/schemas/Inner' },
  });
  expect(inner.properties).toEqual({ b: kept });
});

it('of a manifest has no pattern with Unicode classes, which many tools misread', () => {
  const email: Schema = { type: 'string', format: 'email', pattern: String.raw`^\p{L}+@` };
  const path: Schema = { type: 'string', pattern: '^/' };
  expect(asComponents('M', { properties: { email, path } })).toEqual({
    M: { properties: { email: { type: 'string', format: 'email' }, path } },
  });
});
