import fc from 'fast-check';
import { expect, it } from 'vitest';
import { timingsFrom, timingsText } from './timings-text.js';

const part = fc.option(fc.nat(), { nil: null });

it('timings come back from the column as they were', () => {
  const timings = fc.record({ dnsMs: part, connectMs: part, tlsMs: part, firstByteMs: part, bodyMs: part });
  fc.assert(
    fc.property(timings, (given) => {
      expect(timingsFrom(JSON.parse(timingsText(given)!))).toEqual(given);
    }),
  );
  expect(timingsText(null)).toBeNull();
  expect(timingsFrom(null)).toBeNull();
});
