import { isId, newId } from '@breakwater/platform';
import { describe, expect, it } from 'vitest';
import { eventDeliveryId } from './event-delivery-id.js';

describe('the id of an event delivery', () => {
  it('is a UUID of version 7, and the same each time', () => {
    const [event, endpoint] = [newId(), newId()];
    const id = eventDeliveryId(event, endpoint);
    expect(isId(id)).toBe(true);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(eventDeliveryId(event, endpoint)).toBe(id);
  });

  it('differs by endpoint and by event', () => {
    const [event, endpoint] = [newId(), newId()];
    const ids = [
      eventDeliveryId(event, endpoint),
      eventDeliveryId(event, newId()),
      eventDeliveryId(newId(), endpoint),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  it('sorts like the ids of the events, also within one millisecond', () => {
    const endpoint = newId();
    const ids = Array.from({ length: 5_000 }, () => eventDeliveryId(newId(), endpoint));
    expect(ids.toSorted()).toEqual(ids);
  });

  it('contains the time at which the event is fanned out', () => {
    const at = Date.UTC(2026, 10, 28);
    const id = eventDeliveryId(newId(), newId(), at);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(at);
  });
});
