import { describe, expect, it } from 'vitest';
import type { SubscriptionVersion } from '../directory/directory.js';
import { matchableEvent } from '../directory/matchable-event.js';
import { skippedBy } from './skipped.js';

const event = matchableEvent({
  type: 'order.created',
  body: Buffer.from('{"total": 5}'),
  headers: null,
  metadata: null,
});
const subscription = (part: Partial<SubscriptionVersion>): SubscriptionVersion => ({
  endpointId: 'e1',
  appId: 'app',
  name: 'ledger',
  fromVersion: 1,
  untilVersion: null,
  events: ['order.*'],
  filter: null,
  timeoutMs: null,
  retry: null,
  state: 'active',
  ...part,
});
const skipped = (part: Partial<SubscriptionVersion>, delivered: string[] = [], isOver = true) =>
  skippedBy(event, [subscription(part)], { delivered: new Set(delivered), isOver });

describe('a subscription that an event was not delivered to', () => {
  it.each([
    ['its types do not match', { events: ['invoice.*'] }, { reason: 'type', term: null }],
    [
      'a term of its filter does not match',
      { filter: { payload: { total: { $gte: 10 } } } },
      { reason: 'filter', term: '/payload/total/$gte' },
    ],
    ['it was disabled', { state: 'disabled' as const }, { reason: 'disabled', term: null }],
    ['it was deleted during the fan-out', {}, { reason: 'disabled', term: null }],
  ])('is listed with the reason: %s', (_, part, expected) =>
    expect(skipped(part)).toEqual([{ endpointId: 'e1', appId: 'app', name: 'ledger', ...expected }]),
  );

  it('is not listed while the fan-out is not complete', () => expect(skipped({}, [], false)).toEqual([]));

  it('is not listed if it has a delivery', () => expect(skipped({}, ['e1'])).toEqual([]));
});
