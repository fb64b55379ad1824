import { describe, expect, it } from 'vitest';
import { changeOfOrder, type Order } from './change-of.js';
import { healthy, type Circuit } from './circuit.js';

const by = { actor: 'ops', reason: 'their data center moves' };
const forcedOpen: Circuit = { state: 'open', retryAtMs: Number.POSITIVE_INFINITY, forced: true };
const forcedClosed: Circuit = { state: 'closed', failures: 0, forced: true };
const open: Circuit = { state: 'open', retryAtMs: 5_000 };
const halfOpen: Circuit = { state: 'half_open', successes: 1, probeUntilMs: 2_000 };
const force = (state: 'open' | 'closed'): Order => ({ type: 'force', state });
const automatic: Order = { type: 'automatic' };

describe('an order about a breaker', () => {
  it.each<[string, Circuit, Order, Circuit, string, number | null]>([
    [
      'opens a healthy one without a time of a probe',
      healthy,
      force('open'),
      forcedOpen,
      'forced_open',
      null,
    ],
    [
      'keeps an open one open without a time of a probe',
      open,
      force('open'),
      forcedOpen,
      'forced_open',
      null,
    ],
    ['closes an open one', open, force('closed'), forcedClosed, 'forced_closed', null],
    ['closes one that is half open', halfOpen, force('closed'), forcedClosed, 'forced_closed', null],
    ['opens one that was forced closed', forcedClosed, force('open'), forcedOpen, 'forced_open', null],
    [
      'lets one that was forced open be probed now',
      forcedOpen,
      automatic,
      { state: 'open', retryAtMs: 1_000 },
      'automatic',
      0,
    ],
    ['makes one that was forced closed healthy', forcedClosed, automatic, healthy, 'automatic', null],
  ])('%s', (_, circuit, order, next, cause, retryInMs) =>
    expect(changeOfOrder({ circuit, failureCount: 3 }, order, by, 1_000)).toEqual({
      next,
      retryInMs,
      changed: true,
      told: true,
      cause,
      failureCount: 3,
      failed: false,
      reason: null,
      actor: 'ops',
      forced: order.type === 'force' ? by : null,
      note: by.reason,
    }),
  );

  it.each([healthy, open, halfOpen])(
    'to be automatic changes nothing where nobody forced it: %j',
    (circuit) => expect(changeOfOrder({ circuit, failureCount: 0 }, automatic, by, 1_000)).toBeNull(),
  );
});
