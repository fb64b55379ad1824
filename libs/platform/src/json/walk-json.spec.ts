import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_MAX_DEPTH, JSON_MAX_KEYS, segmentsOf, walkJson, type JsonPlace } from './walk-json.js';

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};

const valueAt = (document: unknown, segments: string[]): unknown =>
  segments.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);

describe('a walk through JSON', () => {
  it('visits every value once, with the way to it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (document) => {
        const places: JsonPlace[] = [];
        expect(walkJson(document, (place) => void places.push(place))).toBeNull();
        for (const place of places) {
          const segments = segmentsOf(place);
          expect(valueAt(document, segments)).toBe(place.value);
          expect(segments).toHaveLength(place.depth);
          expect(place.member).toBe(segments[0]);
        }
        const ways = new Set(places.map((place) => JSON.stringify(segmentsOf(place))));
        expect(ways.size).toBe(places.length);
        let values = 0;
        JSON.stringify(document, (_, value: unknown) => (values++, value));
        expect(places).toHaveLength(values);
      }),
    );
  });

  it.each<[string, unknown, string | undefined]>([
    ['as deep as allowed', nested(JSON_MAX_DEPTH), undefined],
    ['one level deeper', nested(JSON_MAX_DEPTH + 1), 'depth'],
    ['far deeper than the call stack', nested(1_000_000), 'depth'],
    ['as wide as allowed', Array(JSON_MAX_KEYS).fill(0), undefined],
    ['one item wider', Array(JSON_MAX_KEYS + 1).fill(0), 'keys'],
  ])('ends at a document that is too large: %s', (_, document, exceeded) => {
    expect(walkJson(document, () => false)?.exceeded).toBe(exceeded);
  });

  it('ends when the visitor returns true', () => {
    let visits = 0;
    expect(walkJson([1, 2, 3], () => ++visits === 2)).toBeNull();
    expect(visits).toBe(2);
  });
});
