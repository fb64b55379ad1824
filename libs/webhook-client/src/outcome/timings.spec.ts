import { describe, expect, it } from 'vitest';
import { timingsOf } from './timings.js';

const opening = { dnsMs: 1.26, connectMs: 2.04, tlsMs: null };

describe('the timings of a call', () => {
  it('have each part to a tenth of a millisecond', () => {
    expect(timingsOf({ opening, writtenMs: 10, answeredMs: 15.56, endedMs: 16.06 })).toEqual({
      dnsMs: 1.3,
      connectMs: 2,
      tlsMs: null,
      firstByteMs: 5.6,
      bodyMs: 0.5,
    });
  });

  it('have no part of the connection when an open one was used', () => {
    expect(timingsOf({ opening: null, writtenMs: 10, answeredMs: 15, endedMs: 15 })).toEqual({
      dnsMs: null,
      connectMs: null,
      tlsMs: null,
      firstByteMs: 5,
      bodyMs: 0,
    });
  });

  it('have what is known of a call that ended before its answer', () => {
    expect(timingsOf({ opening, writtenMs: null, answeredMs: null, endedMs: 30 })).toMatchObject({
      connectMs: 2,
      firstByteMs: null,
      bodyMs: null,
    });
  });

  it('are null when nothing is known', () => {
    expect(timingsOf({ opening: null, writtenMs: null, answeredMs: null, endedMs: 5 })).toBeNull();
  });
});
