import { describe, expect, it } from 'vitest';
import {
  durationText,
  handledJson,
  handledLine,
  stateLine,
  type ConnectionState,
  type Handled,
} from './lines.js';

const at = new Date(2026, 10, 28, 12, 0, 1);
const handled: Handled = {
  kind: 'event',
  type: 'order.created',
  id: 'd',
  method: 'POST',
  path: '/hooks',
  isAgain: false,
  result: { kind: 'answered', status: 200, headers: {}, body: Buffer.alloc(0), durationMs: 3.6 },
};

describe('a line', () => {
  it.each<[ConnectionState, string]>([
    [{ state: 'connecting', url: 'http://a' }, 'connecting to http://a'],
    [{ state: 'listening', appId: 'shop', answersCalls: true }, 'listening for shop: events and sync calls'],
    [{ state: 'listening', appId: 'shop', answersCalls: false }, 'listening for shop: events'],
    [
      { state: 'lost', reason: 'ping\ntimeout', at },
      'connection lost at 12:00:01 (ping timeout), connecting again',
    ],
    [{ state: 'resumed', afterMs: 90_000, missed: 1 }, 'connected again after 2 min: 1 event meanwhile'],
    [{ state: 'resumed', afterMs: 900, missed: 20 }, 'connected again after 900 ms: 20 events meanwhile'],
    [{ state: 'slept', forMs: 3_600_000 }, 'this machine was asleep for 1.0 h, connecting again'],
    [{ state: 'replaced', by: 'ci' }, 'sync calls go to ci, who began to listen later'],
    [{ state: 'answering' }, 'sync calls come here again'],
  ])('says %j', (state, expected) => expect(stateLine(state)).toBe(expected));

  it.each<[Partial<Handled>, string]>([
    [{}, '12:00:01  event  order.created  POST /hooks  200 in 4 ms'],
    [{ kind: 'call', isAgain: true }, '12:00:01  call again  order.created  POST /hooks  200 in 4 ms'],
    [
      { result: { kind: 'failed', code: 'ECONNREFUSED', message: '\u001b[31mnobody', durationMs: 1 } },
      '12:00:01  event  order.created  POST /hooks  no answer: ECONNREFUSED [31mnobody (1 ms)',
    ],
    [
      { result: { kind: 'too_large', status: 200, durationMs: 1 } },
      '12:00:01  event  order.created  POST /hooks  200, answer longer than 1 MiB, in 1 ms',
    ],
  ])('says what was handled: %j', (part, expected) =>
    expect(handledLine({ ...handled, ...part }, at)).toBe(expected),
  );

  it('is JSON for programs', () => {
    const known = {
      at: at.toISOString(),
      kind: 'event',
      type: 'order.created',
      id: 'd',
      method: 'POST',
      path: '/hooks',
    };
    expect(JSON.parse(handledJson(handled, at))).toEqual({ ...known, status: 200, ms: 4 });
    const failed = { kind: 'failed', code: 'C', message: 'm', durationMs: 1 } as const;
    expect(JSON.parse(handledJson({ ...handled, isAgain: true, result: failed }, at))).toEqual({
      ...known,
      error: { code: 'C', message: 'm' },
      ms: 1,
      again: true,
    });
  });

  it.each([
    [5, '5 ms'],
    [59_000, '59 s'],
    [61_000, '1 min'],
  ])('%d ms are %s', (ms, expected) => expect(durationText(ms)).toBe(expected));
});
