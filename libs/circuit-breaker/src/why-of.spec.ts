import { describe, expect, it } from 'vitest';
import { triggerOf, whyOf, type Known } from './why-of.js';

const policy = { failureThreshold: 5, recoveryTimeoutMs: 60_000, successThreshold: 3 };
const known: Known = {
  state: 'closed',
  failureCount: 0,
  successCount: 0,
  lastReason: null,
  forced: null,
  forcedBy: null,
  forcedReason: null,
};
const open: Known = { ...known, state: 'open', failureCount: 5, lastReason: 'http 500' };
const opening = (cause: string, lastReason = 'http 500') => [{ toState: 'open', cause, lastReason }];

describe('why a breaker is as it is', () => {
  it.each<[string, Known, ReturnType<typeof opening>, string]>([
    ['healthy', known, [], 'It is closed: the last call did not fail.'],
    [
      'failing',
      { ...known, failureCount: 2, lastReason: 'http 500' },
      [],
      'It is closed: 2 of 5 failures in a row that open it, the last with: http 500',
    ],
    ['open', open, opening('failures'), 'It opened after 5 failures in a row, the last with: http 500'],
    [
      'open, of which the history is gone',
      { ...open, lastReason: null },
      [],
      'It opened after 5 failures in a row.',
    ],
    [
      'open by a rate',
      open,
      opening('failure_rate', '8 of 10 calls within 60000 ms failed'),
      'It opened: 8 of 10 calls within 60000 ms failed',
    ],
    [
      'open again',
      open,
      opening('probe_failed'),
      'It is open again: a probe failed after 5 failures, the last with: http 500',
    ],
    [
      'open and automatic again',
      open,
      opening('automatic'),
      'It was forced open until a person made it automatic again; the next call is the probe.',
    ],
    [
      'half-open',
      { ...open, state: 'half_open', successCount: 1 },
      opening('failures'),
      'It is being probed: 1 of 3 probes in a row succeeded.',
    ],
    [
      'forced open',
      { ...open, forced: 'open', forcedBy: 'ops', forcedReason: 'Their data center moves.' },
      opening('forced_open'),
      'It was forced open by ops: Their data center moves.',
    ],
  ])('%s', (_, of, history, expected) => expect(whyOf(of, policy, history)).toBe(expected));

  it.each([
    ['failures', null, 'automatic'],
    ['health_check', null, 'health_check'],
    ['forced_open', 'ops', 'manual'],
  ])('a change by %s and %s is %s', (cause, actor, expected) =>
    expect(triggerOf({ cause, actor })).toBe(expected),
  );
});
