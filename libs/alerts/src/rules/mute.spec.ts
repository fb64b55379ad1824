import { describe, expect, it } from 'vitest';
import type { AlertRule } from './alert-rule.js';
import type { RuleState } from './alert.store.js';
import { MUTE_MAX_MS, muteProblems } from './alert-rule-problems.js';
import { silent, type Step } from './next-case.js';
import { planFor } from './plan.js';

const now = new Date('2026-11-28T12:00:00Z');
const after = (ms: number): Date => new Date(now.getTime() + ms);

describe('the end of a mute', () => {
  it.each([
    ['that is absent', undefined],
    ['that ends it', null],
    ['in the past', after(-1)],
    ['after 30 days', after(MUTE_MAX_MS)],
  ])('%s is accepted', (_, mutedUntil) => expect(muteProblems(mutedUntil, now)).toEqual([]));

  it('later than 30 days is refused, with the value', () => {
    const late = after(MUTE_MAX_MS + 1);
    expect(muteProblems(late, now)).toEqual([
      {
        pointer: '/mutedUntil',
        rule: 'range',
        message: 'a rule may be muted for 30 days at most; switch it off instead',
        value: late.toISOString(),
      },
    ]);
  });
});

describe('a muted rule', () => {
  it.each<[Step, Step]>([
    [
      { do: 'nothing', notify: false },
      { do: 'nothing', notify: false },
    ],
    [
      { do: 'open', notify: true },
      { do: 'open', notify: false },
    ],
    [
      { do: 'keep', notify: true },
      { do: 'keep', notify: false },
    ],
    [
      { do: 'resolve', reason: 'recovered', notify: true },
      { do: 'resolve', reason: 'recovered', notify: false },
    ],
  ])('takes the step %j and notifies nobody', (step, expected) => expect(silent(step)).toEqual(expected));

  const stepOf = (mutedUntil: Date | null): Step | undefined => {
    const rule = { type: 'queue_depth', threshold: 5, minSamples: 1, cooldownSeconds: 60, mutedUntil };
    const state: RuleState = { rule: rule as AlertRule, now, open: [], lastNotified: [] };
    return planFor(state, [{ appId: null, capability: null, value: 9, samples: 1 }])[0]?.step;
  };
  it.each([
    ['is not muted', null, true],
    ['is muted', after(1), false],
    ['was muted until now', now, true],
  ])('that %s notifies: %s', (_, mutedUntil, notify) =>
    expect(stepOf(mutedUntil)).toEqual({ do: 'open', notify }),
  );
});
