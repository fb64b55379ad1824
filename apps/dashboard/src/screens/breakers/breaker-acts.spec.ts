import { describe, expect, it } from 'vitest';
import { actsOf, byWhom, causeOf, policySentences, WORDING } from './breaker-acts.js';

describe('what can be done with a breaker', () => {
  it.each([
    ['closed', null, ['open', 'closed']],
    ['open', null, ['reset', 'open', 'closed']],
    ['half_open', null, ['reset', 'open', 'closed']],
    ['open', 'open', ['automatic', 'closed']],
    ['closed', 'closed', ['automatic', 'open']],
  ])('%s, forced %s: %o', (state, forced, acts) => {
    expect(actsOf({ state, forced })).toEqual(acts);
  });

  it('each act names the breaker before and after', () => {
    for (const { question, done } of Object.values(WORDING)) {
      expect(question('shop / pay')).toContain('shop / pay');
      expect(done('shop / pay')).toContain('shop / pay');
    }
  });
});

describe('a row of the history', () => {
  it('has its cause in words', () => {
    expect(causeOf('failure_rate')).toBe('failure rate');
    expect(causeOf('something_new')).toBe('something new');
  });

  it('names the person, the rule or the health check', () => {
    expect(byWhom({ trigger: 'manual', actor: 'night shift' })).toBe('night shift');
    expect(byWhom({ trigger: 'health_check', actor: null })).toBe('health check');
    expect(byWhom({ trigger: 'other', actor: null })).toBe('other');
  });
});

describe('the policy in sentences', () => {
  const policy = {
    failureThreshold: 5,
    recoveryTimeoutMs: 60_000,
    successThreshold: 3,
    failureRate: 0,
    slowCallRate: 0,
    slowCallMs: 2000,
    windowMs: 60_000,
    minCalls: 10,
  };
  const duration = (ms: number): string => `${ms / 1000} s`;

  it('leaves out the rates that are not checked', () => {
    expect(policySentences(policy, duration)).toEqual([
      'Opens after 5 failures in a row.',
      "Sends a probe 60 s after opening, or earlier when the app's health check is good.",
      'Closes after 3 successful probes in a row.',
    ]);
  });

  it('says that one probe is enough', () => {
    expect(policySentences({ ...policy, successThreshold: 1 }, duration).at(-1)).toBe(
      'Closes after one successful probe.',
    );
  });

  it('has the rates that are checked', () => {
    const all = policySentences({ ...policy, failureRate: 50, slowCallRate: 80 }, duration);
    expect(all[1]).toBe('Opens when 50 % of the calls fail within 60 s, counted from 10 calls on.');
    expect(all[2]).toBe(
      'Opens when 80 % of the calls take 2 s or longer within 60 s, counted from 10 calls on.',
    );
  });
});
