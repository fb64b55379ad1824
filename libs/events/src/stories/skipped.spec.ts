import { describe, expect, it } from 'vitest';
import type { SubscriptionVersion } from '../directory/directory.js';
import { heardEvent } from '../directory/heard-event.js';
import { skippedBy } from './skipped.js';

const event = heardEvent({
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
  skippedBy(event, [subscription(part)], new Set(delivered), isOver);

describe('a subscription that an event was not delivered to', () => {
  it.each([
    ['by its types', { events: ['invoice.*'] }, { reason: 'type', term: null }],
    [
      'by a term of its filter',
      { filter: { payload: { total: { $gte: 10 } } } },
      { reason: 'filter', term: '/payload/total/$gte' },
    ],
    ['as it was disabled', { state: 'disabled' as const }, { reason: 'disabled', term: null }],
    ['as it was deleted before its turn came', {}, { reason: 'disabled', term: null }],
  ])('is told: %s', (_, part, expected) =>
    expect(skipped(part)).toEqual([{ endpointId: 'e1', appId: 'app', name: 'ledger', ...expected }]),
  );

  it('is not told while its turn may still come', () => expect(skipped({}, [], false)).toEqual([]));

  it('is none where it has its delivery', () => expect(skipped({}, ['e1'])).toEqual([]));
});
