import { describe, expect, it } from 'vitest';
import { redeliverWarnings, type Obstacles } from './redeliver-warnings.js';

const none: Obstacles = {
  appId: 'quiz',
  capability: 'report',
  hold: null,
  breaker: 'closed',
  forced: false,
  retryAt: null,
};
const plain = { isEdited: false, hasRequest: false };

describe('the warnings before a redelivery', () => {
  it.each<[string, Partial<Obstacles>, typeof plain, RegExp[]]>([
    ['are none where calls are sent', {}, plain, []],
    [
      'name a pause',
      { hold: 'paused' },
      plain,
      [/^"report" of app "quiz" is paused: .*until it is resumed\.$/],
    ],
    [
      'name an open breaker and its next probe',
      { breaker: 'open', retryAt: new Date(0) },
      plain,
      [/is open: the delivery waits for the next probe, at 1970-01-01T00:00:00.000Z or later\.$/],
    ],
    ['name an open breaker without a time', { breaker: 'open' }, plain, [/waits for the next probe\.$/]],
    ['name a forced breaker', { breaker: 'open', forced: true }, plain, [/was forced open/]],
    ['name a half-open breaker', { breaker: 'half_open' }, plain, [/only one call at a time/]],
    [
      'say how an edited event is sent',
      {},
      { isEdited: true, hasRequest: true },
      [/application\/json by POST/],
    ],
    ['are several', { hold: 'paused', breaker: 'open' }, plain, [/paused/, /open/]],
  ])('%s', (_, given, how, expected) => {
    const warnings = redeliverWarnings({ ...none, ...given }, how);
    expect(warnings).toHaveLength(expected.length);
    for (const [index, warning] of warnings.entries()) expect(warning).toMatch(expected[index]!);
  });
});
