import { describe, expect, it } from 'vitest';
import { isAppId } from './app-id.js';
import { isCapabilityName } from './capability-name.js';
import { defaultFallback } from './fallback-strategies.js';
import { HEADERS_SCHEMA } from './header-limits.js';
import { headerProblems, REFUSED_HEADERS } from '@breakwater/webhook-client';

describe('names', () => {
  it.each(['a', 'quiz_answer', 'a'.repeat(100)])('%s is a capability', (name) =>
    expect(isCapabilityName(name)).toBe(true),
  );
  it.each(['', '_a', '1a', 'A', 'a-b', 'a\n', 'constructor', 'prototype', '__proto__', 'a'.repeat(101)])(
    '%j is no capability',
    (name) => expect(isCapabilityName(name)).toBe(false),
  );
  it.each(['a', 'A.b_c-1', '0', 'a'.repeat(255)])('%s is an app id', (id) => expect(isAppId(id)).toBe(true));
  it.each(['', '.', '../x', 'a/b', 'a b', 'a\u0000', 'a\n', 'é', 'a'.repeat(256)])('%j is no app id', (id) =>
    expect(isAppId(id)).toBe(false),
  );
  it.each([
    ['winner_selection', 'random_winner'],
    ['participant_registration', 'pending_approval'],
    ['quiz_answer', 'none'],
  ])('%s falls back to %s', (capability, strategy) =>
    expect(defaultFallback(capability)).toEqual({ strategy }),
  );
});

describe('headers the schema refuses', () => {
  const pattern = new RegExp(HEADERS_SCHEMA.propertyNames.not.pattern, 'u');
  const examples = REFUSED_HEADERS.map((name) => name.replace('*', 'anything'));

  it.each(examples)('%s is refused by the webhook client too', (name) => {
    expect(headerProblems({ [name]: 'x' })).toHaveLength(1);
    expect(pattern.test(name)).toBe(true);
    expect(pattern.test(name.toUpperCase())).toBe(true);
  });

  it.each(['x-api-key', 'authorization', 'accept', 'contents', 'x-hosts'])(
    '%s is refused by neither',
    (name) => {
      expect(headerProblems({ [name]: 'x' })).toEqual([]);
      expect(pattern.test(name)).toBe(false);
    },
  );
});
