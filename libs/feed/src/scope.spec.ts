import { describe, expect, it } from 'vitest';
import { appOf, scopeOf } from './scope.js';

describe('a scope', () => {
  it('is everything, or one app', () => {
    expect(scopeOf('global')).toEqual({ kind: 'global' });
    expect(scopeOf({ appId: 'shop' })).toEqual({ kind: 'app', appId: 'shop' });
    expect(appOf({ kind: 'global' })).toBeNull();
    expect(appOf({ kind: 'app', appId: 'shop' })).toBe('shop');
  });

  it.each([[undefined], [null], [''], ['app:shop'], [7], [[]], [{}], [{ appId: '' }], [{ appId: 7 }]])(
    'is not %j',
    (value) => expect(scopeOf(value)).toBeNull(),
  );

  it.each(['a\0', '\ud800'])('has no app that the database cannot look up: %j', (appId) =>
    expect(scopeOf({ appId })).toBeNull(),
  );

  it('has no app with more than 255 characters', () => {
    expect(scopeOf({ appId: 'x'.repeat(255) })).not.toBeNull();
    expect(scopeOf({ appId: 'x'.repeat(256) })).toBeNull();
  });
});
