import { describe, expect, it } from 'vitest';
import { told } from './told.js';

describe('what happened is told', () => {
  it.each([
    ['accepted', { requestId: 'r-1' }, 'Accepted, request r-1'],
    ['accepted', {}, 'Accepted, request unknown'],
    ['attempt', { number: 2, outcome: 'http_error', httpStatus: 503 }, 'Attempt 2: http error, HTTP 503'],
    ['attempt', { number: 1, httpStatus: null }, 'Attempt 1: unknown'],
    ['postponed', { reason: 'circuit_open' }, 'Postponed: circuit open'],
    ['postponed', {}, 'Postponed: unknown reason'],
    ['redelivered', { actor: 'ann' }, 'Sent again by ann'],
    ['cancelled', {}, 'Cancelled'],
    [
      'circuit',
      { from: 'open', to: 'half_open', cause: 'probe_due' },
      'Circuit breaker: open → half open, because a probe was due',
    ],
    ['circuit', { cause: 'forced_open' }, 'Circuit breaker: ? → ?, because forced open'],
    ['circuit', {}, 'Circuit breaker: ? → ?, because unknown'],
    ['finished', { status: 'dead_letter' }, 'Ended: dead letter'],
    ['finished', {}, 'Ended: unknown'],
    ['new_kind', { actor: 'ann' }, 'new kind by ann'],
  ])('%s %j', (kind, detail, sentence) => expect(told({ kind, detail })).toBe(sentence));
});
