import { expect, it } from 'vitest';
import { capabilityTitle } from './capabilities.js';

it('a capability has a title, and one that is not known shows itself', () => {
  expect(capabilityTitle('manageSubscriptions')).toBe('subscriptions');
  expect(capabilityTitle('fly')).toBe('fly');
});
