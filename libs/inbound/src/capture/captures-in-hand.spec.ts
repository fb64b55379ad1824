import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CapturesInHand, type Place } from './captures-in-hand.js';

const limits = { perSource: 2, inAll: 3, bytesPerSource: 10, bytesInAll: 15 };

describe('requests that are captured at once', () => {
  it('of one source are limited, and leave places to others', () => {
    const inHand = new CapturesInHand(limits);
    const places = [inHand.enter('a'), inHand.enter('a')];
    expect(inHand.enter('a')).toBeNull();
    expect(inHand.enter('b')).not.toBeNull();
    expect(inHand.enter('b')).toBeNull(); // Three in all.
    places[0]!.leave();
    places[0]!.leave();
    expect(inHand.enter('a')).not.toBeNull();
    expect(inHand.enter('a')).toBeNull();
  });

  it('have a limit for the bytes of a source, and of all', () => {
    const inHand = new CapturesInHand(limits);
    const [one, other, third] = ['a', 'a', 'b'].map((id) => inHand.enter(id)!);
    expect(one!.mayTake(8)).toBe(true);
    expect(other!.mayTake(3)).toBe(false);
    expect(other!.mayTake(2)).toBe(true);
    expect(third!.mayTake(6)).toBe(false);
    one!.leave();
    expect(third!.mayTake(6)).toBe(true);
    expect(other!.mayTake(7)).toBe(true);
  });

  it('give back what they took, in any order', () => {
    const step = fc.record({ source: fc.constantFrom('a', 'b', 'c'), bytes: fc.nat(12), leaves: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const inHand = new CapturesInHand(limits);
        const places: Place[] = [];
        for (const { source, bytes, leaves } of steps) {
          const place = inHand.enter(source);
          if (place) places.push(place);
          place?.mayTake(bytes);
          if (leaves < places.length) places.splice(leaves, 1)[0]!.leave();
        }
        for (const place of places) place.leave();
        const fresh = ['a', 'a', 'b'].map((source) => inHand.enter(source));
        expect(fresh.map((place) => place?.mayTake(5))).toEqual([true, true, true]);
      }),
    );
  });
});
