import { newId } from '@breakwater/platform';
import { describe, expect, it } from 'vitest';
import { eventDeliveryId } from './event-delivery-id.js';
import { eventDeliveries, replayOf, withoutRepeatedKeys } from './event-deliveries.js';

const defaults = { timeoutMs: 30_000, maxAttemptsOf: (retry: object | null) => (retry ? 5 : 3) };

describe('the deliveries of an event', () => {
  it('use the values of the subscription, and otherwise the settings', () => {
    const [id, one, other] = [newId(), newId(), newId()];
    const targets = [
      { endpointId: one, timeoutMs: null, retry: null },
      { endpointId: other, timeoutMs: 2_000, retry: { profile: 'endpoint' as const } },
    ];
    expect(eventDeliveries({ id, dueAt: null }, targets, defaults)).toEqual([
      { id: eventDeliveryId(id, one), eventId: id, endpointId: one, timeoutMs: 30_000, maxAttempts: 3 },
      { id: eventDeliveryId(id, other), eventId: id, endpointId: other, timeoutMs: 2_000, maxAttempts: 5 },
    ]);
  });

  it('have ids with the time at which the event is due', () => {
    const [id, endpointId] = [newId(), newId()];
    const dueAt = new Date('2026-12-24T00:00:00Z');
    const [delivery] = eventDeliveries(
      { id, dueAt },
      [{ endpointId, timeoutMs: null, retry: null }],
      defaults,
    );
    expect(delivery!.id).toBe(eventDeliveryId(id, endpointId, dueAt.getTime()));
  });
});

const keyed = (id: string, key: string | null, appId: string | null = null, digest = 'd') => ({
  id,
  appId,
  idempotency: key === null ? null : { key, digest },
});

describe('events with idempotency keys', () => {
  it('are stored once per key and app', () => {
    const events = [
      keyed('1', 'a'),
      keyed('2', 'a'),
      keyed('3', 'a', 'app'),
      keyed('4', null),
      keyed('5', null),
    ];
    expect(withoutRepeatedKeys(events).map(({ id }) => id)).toEqual(['1', '3', '4', '5']);
  });

  const earlier = [{ scope: '', key: 'a', digest: 'd', eventId: 'first', isLive: true }];
  it.each([
    [
      'used for the same event return the first event',
      keyed('2', 'a'),
      { kind: 'replayed', eventId: 'first' },
    ],
    ['used for another event are a conflict', keyed('2', 'a', null, 'e'), { kind: 'conflict', key: 'a' }],
    ['whose first use is no longer stored are a conflict', keyed('2', 'b'), { kind: 'conflict', key: 'b' }],
    ['used by another app are different keys', keyed('2', 'a', 'app'), { kind: 'conflict', key: 'a' }],
  ])('%s', (_, event, expected) => expect(replayOf(event, earlier)).toEqual(expected));
});
