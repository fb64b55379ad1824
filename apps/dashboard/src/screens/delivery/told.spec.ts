import { describe, expect, it } from 'vitest';
import { breakerAt, told } from './told.js';

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

describe('the breaker at a moment', () => {
  const change = (second: number, from: string, to: string) => ({
    at: `2026-11-28T12:00:0${second}.000Z`,
    kind: 'circuit',
    detail: { from, to },
  });
  const changes = [change(2, 'closed', 'open'), change(5, 'open', 'half_open')];
  it.each([
    ['before its first change', 1, 'closed'],
    ['at a change', 2, 'open'],
    ['after all', 9, 'half_open'],
  ])('%s', (_, second, state) => expect(breakerAt(changes, `2026-11-28T12:00:0${second}.000Z`)).toBe(state));
  it('is not known without changes', () => expect(breakerAt([], '2026-11-28T12:00:00.000Z')).toBeNull());
});
