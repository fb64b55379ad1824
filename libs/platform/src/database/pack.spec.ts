import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack } from './pack.js';

describe('packed byte strings', () => {
  it('are the same after PostgreSQL has cut them apart', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.uint8Array({ maxLength: 40 }))), (parts) => {
        const { bytes, starts, lengths } = pack(parts);
        const cut = starts.map((start, n) =>
          start === null ? null : Uint8Array.from(bytes.subarray(start - 1, start - 1 + lengths[n]!)),
        );
        expect(cut).toEqual(parts);
      }),
    );
  });
});
