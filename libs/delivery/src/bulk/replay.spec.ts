import { describe, expect, it } from 'vitest';
import { failed, skipped } from './bulk.js';
import { keyOf, notCreated, whyNotReplayed, type ReplayHistory } from './replay.js';

const history = (part: Partial<ReplayHistory>): ReplayHistory => ({
  eventId: 'v',
  endpointId: 'e',
  firstId: 'd',
  isCompleted: false,
  isPending: false,
  isDead: false,
  ...part,
});

describe('an event is delivered again to a subscription', () => {
  it.each([
    ['all: whatever was before', 'all', history({ isCompleted: true }), null],
    ['missing: it has none', 'missing', undefined, null],
    ['missing: it has one', 'missing', history({ isDead: true }), 'it has a delivery'],
    ['failed: it failed', 'failed', history({ isDead: true }), null],
    ['failed: it was never delivered', 'failed', undefined, 'it has no delivery that failed'],
    ['failed: it was delivered', 'failed', history({ isDead: true, isCompleted: true }), 'it was delivered'],
    [
      'failed: it is still tried',
      'failed',
      history({ isDead: true, isPending: true }),
      'a delivery of it is not finished',
    ],
    ['failed: it was cancelled', 'failed', history({}), 'it has no delivery that failed'],
  ] as const)('%s', (_, wanted, before, why) => expect(whyNotReplayed(wanted, before)).toBe(why));

  it('is looked up by event and endpoint', () => expect(keyOf(history({}))).toBe('v e'));
});

describe('an event that got no delivery', () => {
  it.each([
    ['its event is gone', undefined, false, failed('its event is no longer stored')],
    ['its subscription is gone', undefined, true, failed('its subscription was deleted')],
    [
      'its subscription was deleted',
      { status: 'removed', hold: null },
      true,
      failed('its subscription was deleted'),
    ],
    [
      'its subscription is disabled',
      { status: 'disabled', hold: 'disabled' },
      true,
      failed('its subscription is disabled'),
    ],
    [
      'this process does not know why yet',
      { status: 'active', hold: null },
      true,
      skipped('its subscription was changed meanwhile'),
    ],
  ])('has the reason: %s', (_, endpoint, isStored, expected) =>
    expect(notCreated(endpoint, isStored)).toEqual(expected),
  );
});
