import { expect, it } from 'vitest';
import { suppressedBy } from './present.js';
import { presentRehearsal } from './rehearsal.js';

const now = new Date(86_400_000);
const period = { from: new Date(0), to: now, stepMs: 300_000, windowMs: 3_600_000 };
const span = { from: new Date(0), to: null, worstValue: 1 };
const subject = (times: number) => ({
  appId: 'a',
  capability: null,
  points: [],
  spans: Array(times).fill(span),
});

it.each([
  [[], 0, 'It would not have fired within the last 24 h.'],
  [[subject(1)], 1, 'It would have fired once within the last 24 h.'],
  [[subject(2), subject(1)], 3, 'It would have fired 3 times within the last 24 h.'],
])('a rehearsal says how often a rule would have fired (%#)', (subjects, wouldHaveFired, summary) => {
  const told = presentRehearsal('s', { period, subjects, isCut: false }, now);
  expect(told).toMatchObject({ hasHistory: true, wouldHaveFired, summary });
});

it('a rehearsal says that there are no past values', () => {
  expect(presentRehearsal('s', null, now)).toMatchObject({
    hasHistory: false,
    wouldHaveFired: null,
    from: new Date(0),
  });
});

it.each([
  [new Date(1), null, null],
  [null, null, 'cooldown'],
  [null, new Date(0), 'cooldown'],
  [null, new Date(9), 'muted'],
])(
  'an alert notified at %s of a rule muted until %s is suppressed by %s',
  (notifiedAt, mutedUntil, expected) =>
    expect(suppressedBy({ notifiedAt, firedAt: new Date(5) }, mutedUntil)).toBe(expected),
);
