import { expect, it } from 'vitest';
import { isAbout, stateOf } from './alert-state.js';

it.each([
  [{ status: 'firing' }, 'open'],
  [{ status: 'firing', acknowledgedAt: null }, 'open'],
  [{ status: 'firing', acknowledgedAt: '2026-11-28T00:00:00Z' }, 'acknowledged'],
  [{ status: 'resolved', acknowledgedAt: '2026-11-28T00:00:00Z' }, 'resolved'],
])('a case with %o is %s', (alert, word) => {
  expect(stateOf(alert).word).toBe(word);
});

it('a notification is about the case whose id it has', () => {
  expect(isAbout({ data: { alertId: '1' } }, '1')).toBe(true);
  expect(isAbout({ data: { alertId: '2' } }, '1')).toBe(false);
  expect(isAbout({ data: null }, '1')).toBe(false);
  expect(isAbout({}, '1')).toBe(false);
});
