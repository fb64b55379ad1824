import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningCalls } from './running-calls.js';

describe('the calls in progress', () => {
  it('are those that were added and not removed, in whatever order they end', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (choices) => {
        const running = new RunningCalls<{ place: number }>();
        const expected = new Set<{ place: number }>();
        for (const choice of choices) {
          if (choice % 3 > 0 || expected.size === 0) {
            const call = { place: -1 };
            running.add(call);
            expected.add(call);
          } else {
            const ended = [...expected][choice % expected.size]!;
            running.remove(ended);
            expected.delete(ended);
          }
          expect(new Set(running.all())).toEqual(expected);
          expect(running.all()).toHaveLength(expected.size);
        }
      }),
    );
  });
});
