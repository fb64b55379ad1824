import { expect, it } from 'vitest';
import { changesOf } from './rule-changes.js';

const rule = {
  name: 'slow',
  threshold: 500,
  windowMs: 60_000,
  minSamples: 20,
  cooldownSeconds: 60,
  channels: ['email'],
  enabled: true,
  mutedUntil: null,
};

it('the changes of a rule have each member that differs, with both values', () => {
  expect(changesOf(rule, { ...rule, channels: ['email'] })).toEqual({});
  expect(
    changesOf(rule, { ...rule, threshold: 400, channels: ['email', 'slack'], mutedUntil: new Date(0) }),
  ).toEqual({
    threshold: { from: 500, to: 400 },
    channels: { from: ['email'], to: ['email', 'slack'] },
    mutedUntil: { from: null, to: new Date(0) },
  });
});
