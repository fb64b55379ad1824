import { describe, expect, it } from 'vitest';
import { nameOfTarget, targetOfName, targetProblems, toTarget } from './target-rules.js';

const base = 'https://app.example.com';

describe('a target', () => {
  it('is a subscription to the events of its source', () => {
    expect(toTarget('github', { name: 'builds', url: '/hooks' }, base)).toMatchObject({
      name: 'github.builds',
      url: 'https://app.example.com/hooks',
      events: ['inbound.github'],
      retry: { profile: 'forward' },
    });
    expect(targetOfName(nameOfTarget('github', 'builds'))).toBe('builds');
  });

  it.each([
    ['patient', { profile: 'patient' }],
    [{ maxAttempts: 2 }, { profile: 'forward', maxAttempts: 2 }],
    [
      { profile: 'standard', maxAttempts: 2 },
      { profile: 'standard', maxAttempts: 2 },
    ],
  ])('is retried by %j', (retry, expected) => {
    expect(toTarget('github', { name: 'builds', url: '/hooks', retry }, base).retry).toEqual(expected);
  });

  it.each([
    ['no object', 7, ['/targets/0 type']],
    ['without a name', { url: '/hooks' }, ['/targets/0/name required']],
    ['with a wrong name', { name: 'Builds', url: '/hooks' }, ['/targets/0/name target_name']],
    ['with a name that is no text', { name: 7, url: '/hooks' }, ['/targets/0/name target_name']],
    ['with a long name', { name: 'a'.repeat(50), url: '/hooks' }, ['/targets/0/name target_name']],
    ['with events', { name: 'a', url: '/hooks', events: ['*'] }, ['/targets/0/events unknown_key']],
    ['without a url', { name: 'a' }, ['/targets/0/url required']],
    ['with an unknown member', { name: 'a', url: '/hooks', rate: 1 }, ['/targets/0/rate unknown_key']],
    [
      'with a wrong filter',
      { name: 'a', url: '/hooks', filter: { type: { $like: 'x' } } },
      ['/targets/0/filter/type/$like operator'],
    ],
  ])('%s is refused', (_, target, expected) => {
    const problems = targetProblems(target, base, ['targets', 0]);
    expect(problems.map(({ pointer, rule }) => `${pointer} ${rule}`)).toEqual(expected);
  });

  it('without problems has none', () => {
    expect(targetProblems({ name: 'a', url: '/hooks', retry: 'forward' }, base, [])).toEqual([]);
  });
});
