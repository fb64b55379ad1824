import { describe, expect, it } from 'vitest';
import { bodyOf, isRepeatable } from './call.js';

describe('a request', () => {
  it.each([
    ['GET', undefined, true],
    ['HEAD', undefined, true],
    ['PUT', undefined, true],
    ['DELETE', undefined, true],
    ['POST', undefined, false],
    ['PATCH', undefined, false],
    ['POST', 'k', true],
  ])('by %s with the key %s may be repeated: %s', (method, key, expected) =>
    expect(isRepeatable(method, key)).toBe(expected),
  );

  it.each([
    ['nothing', undefined, undefined],
    ['a text, unchanged', '{"n":1.0}', '{"n":1.0}'],
    ['an object, as JSON', { n: 1 }, '{"n":1}'],
    ['null, as JSON', null, 'null'],
  ])('sends %s', (_, body, expected) => expect(bodyOf(body)).toBe(expected));

  it('sends bytes unchanged', () => {
    const bytes = new Uint8Array([123, 125]);
    expect(bodyOf(bytes)).toBe(bytes);
  });
});
