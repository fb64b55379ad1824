import { describe, expect, it } from 'vitest';
import { bodiesOf, LARGEST_BYTES, PAYLOAD_MAX_BYTES, samplePayload } from './bodies.js';

const payload = { type: 'order.created', total: 12.5, items: ['a', { b: null }] };
const parsed = (body: Buffer): unknown => JSON.parse(body.toString());

describe('the bodies of a run', () => {
  const bodies = bodiesOf(payload);

  it('begin with the payload as it is', () => {
    expect(bodies.plain.toString()).toBe(JSON.stringify(payload));
  });

  it('have one with other white space and the same content', () => {
    expect(parsed(bodies.spaced)).toEqual(payload);
    expect(bodies.spaced.toString()).toMatch(/^ \{\n\t"type"[^]*\r\n$/);
  });

  it('have one with another member', () => {
    expect(parsed(bodies.extended)).toEqual({ ...payload, breakwaterConformance: expect.any(Object) });
  });

  it('have one with characters of every length', () => {
    const text = bodies.nonAscii.toString();
    expect(parsed(bodies.nonAscii)).toMatchObject(payload);
    for (const [character, bytes] of [
      ['ö', 2],
      ['漢', 3],
      ['\u{1f30a}', 4],
    ] as const)
      expect([text.includes(character), Buffer.byteLength(character)]).toEqual([true, bytes]);
  });

  it('have one of another type', () => {
    expect(parsed(bodies.unknownType)).toEqual({ ...payload, type: 'breakwater.conformance.unknown' });
  });

  it('have one that is no JSON', () => {
    expect(() => parsed(bodies.broken)).toThrow(SyntaxError);
  });

  it('have one of exactly the largest size', () => {
    expect(bodies.large.length).toBe(LARGEST_BYTES);
    expect(parsed(bodies.large)).toMatchObject(payload);
  });

  it('have room for the largest payload', () => {
    const text = 'ü'.repeat((PAYLOAD_MAX_BYTES - 16) / 2);
    expect(bodiesOf({ text }).large.length).toBe(LARGEST_BYTES);
  });
});

it('a sample says its type, and that it is a test', () => {
  expect(samplePayload('order.created')).toEqual({ type: 'order.created', test: true });
});
