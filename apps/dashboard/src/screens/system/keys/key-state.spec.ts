import { expect, it } from 'vitest';
import { keyState } from './key-state.js';

const now = new Date('2026-11-28T12:00:00Z');

it.each([
  [{ revokedAt: null, expiresAt: null }, 'active'],
  [{ revokedAt: null, expiresAt: '2026-11-28T12:00:01Z' }, 'active'],
  [{ revokedAt: null, expiresAt: '2026-11-28T12:00:00Z' }, 'expired'],
  [{ revokedAt: '2026-11-01T00:00:00Z', expiresAt: '2026-11-28T11:00:00Z' }, 'revoked'],
])('the key %j is %s', (key, state) => expect(keyState(key, now)).toBe(state));
