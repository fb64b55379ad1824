import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointerTo } from './pointer.js';

describe('a JSON pointer', () => {
  it('to the whole document is empty', () => expect(pointerTo()).toBe(''));
  it('escapes ~ and /', () => expect(pointerTo('a/b', '~1', 0)).toBe('/a~1b/~01/0'));
  it('returns its segments again', () =>
    fc.assert(
      fc.property(fc.array(fc.string()), (segments) => {
        const back = pointerTo(...segments)
          .split('/')
          .slice(1);
        expect(back.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))).toEqual(segments);
      }),
    ));
});
