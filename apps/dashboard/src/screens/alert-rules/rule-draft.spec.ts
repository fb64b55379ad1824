import { describe, expect, it } from 'vitest';
import { NEW_RULE } from '../alerts/alert-text.js';
import { changeOf, draftOf, isMuted, newRuleOf, withType } from './rule-draft.js';

const draft = { ...NEW_RULE, name: ' Quick ', appId: ' shop ', capability: 'pay', channels: ['email'] };

describe('an alert rule in the form', () => {
  it('is as the API has it', () => {
    const of = draftOf({
      id: '1',
      name: 'Quick',
      type: 'response_time',
      appId: null,
      capability: null,
      threshold: 1500,
      windowMs: 60_000,
      minSamples: 5,
      cooldownSeconds: 60,
      channels: [],
      enabled: false,
      mutedUntil: null,
      sentence: '',
      createdBy: 'ann',
      createdAt: '2026-11-28T00:00:00Z',
      updatedAt: '2026-11-28T00:00:00Z',
    });
    expect(of).toMatchObject({ appId: '', capability: '', threshold: 1500, enabled: false });
  });

  it('is made with what it watches', () => {
    expect(newRuleOf(draft)).toMatchObject({ name: 'Quick', appId: 'shop', capability: 'pay' });
    expect(newRuleOf(NEW_RULE)).not.toHaveProperty('appId');
    expect(newRuleOf({ ...draft, type: 'app_health' })).not.toHaveProperty('capability');
  });

  it('is changed without what it watches', () => {
    expect(changeOf(draft)).not.toHaveProperty('type');
    expect(changeOf(draft)).toMatchObject({ name: 'Quick', channels: ['email'] });
  });

  it('gets the usual threshold of another type', () => {
    expect(withType(draft, 'app_health')).toMatchObject({ threshold: 3, capability: '' });
    expect(withType(draft, 'queue_depth')).toMatchObject({ threshold: 100, capability: 'pay' });
  });
});

it.each([
  [null, false],
  ['2026-11-28T11:59:00Z', false],
  ['2026-11-28T12:01:00Z', true],
])('a rule that is muted until %s, at noon: %s', (mutedUntil, expected) => {
  expect(isMuted({ mutedUntil }, new Date('2026-11-28T12:00:00Z'))).toBe(expected);
});
