import type { Capability } from '../../../session/session.js';

/** What a portal link may allow, as a person reads it. */
export const CAPABILITIES: readonly { value: Capability; label: string; about: string }[] = [
  { value: 'view', label: 'view', about: 'health, breakers, deliveries, dead letters; every link may' },
  { value: 'redeliver', label: 'redeliver', about: 'deliveries and dead letters, and cancel retries' },
  { value: 'resolve', label: 'resolve', about: 'dead letters, with a note' },
  { value: 'manageSubscriptions', label: 'subscriptions', about: 'create, change, pause, delete' },
  { value: 'rotateSecrets', label: 'secrets', about: 'make a new signing secret' },
  { value: 'test', label: 'test', about: 'send test pings, try filters and check endpoints' },
];

export function capabilityTitle(value: string): string {
  return CAPABILITIES.find((one) => one.value === value)?.label ?? value;
}

/** How long a link may live, s. */
export const LIFETIMES: readonly { value: string; label: string }[] = [
  { value: '3600', label: '1 hour' },
  { value: '28800', label: '8 hours' },
  { value: '86400', label: '1 day' },
  { value: '259200', label: '3 days' },
  { value: '604800', label: '7 days' },
];
