import { describe, expect, it } from 'vitest';
import { appScreen, breakerScreen, listScreen, portalScreen } from './screens.js';

describe('the link of a notice', () => {
  it('leads to an app, or to its portal, whatever its name is', () => {
    expect(appScreen('a b')).toBe('/apps/a%20b');
    expect(portalScreen('a/b')).toBe('/portal/a%2Fb');
    expect(breakerScreen('a b', 'c/d')).toBe('/breakers/a%20b/c%2Fd');
  });

  it.each([
    [{}, '/breakers'],
    [{ app: 'quiz', capability: null }, '/breakers?appId=quiz'],
    [{ app: 'a&b', capability: 'c/d' }, '/breakers?appId=a%26b&capability=c%2Fd'],
  ])('leads to a list of %j', (of, path) => expect(listScreen('breakers', of)).toBe(path));

  it('leads to a whole list', () => expect(listScreen('alerts')).toBe('/alerts'));
});
