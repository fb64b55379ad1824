import { describe, expect, it } from 'vitest';
import { askedFor, type Asked, type ListenedItem, type Wish } from './wanted.js';

const all: Wish = { source: undefined, events: [] };
const event = { status: 'received', eventType: 'order.created', eventId: 'e' };
const attempt = { ...event, status: 'forwarded', deliveryId: 'd' };
const call = { status: 'received', eventType: 'report', deliveryId: 'd' };

describe('an item of the feed', () => {
  it.each<[string, object, Partial<Wish>, Asked | null]>([
    ['event', event, {}, { eventId: 'e' }],
    ['event of a wished type', event, { events: ['invoice.*', 'order.*'] }, { eventId: 'e' }],
    ['event of exactly that type', event, { events: ['order.created'] }, { eventId: 'e' }],
    ['event of another type', event, { events: ['invoice.*', 'order'] }, null],
    ['event that is not of the source', event, { source: 'github' }, null],
    ['captured event', { ...event, eventType: 'inbound.github' }, { source: 'github' }, { eventId: 'e' }],
    ['attempt of a delivery that was made later', attempt, {}, { deliveryId: 'd' }],
    ['dead letter without an attempt', { ...attempt, status: 'dlq' }, {}, { deliveryId: 'd' }],
    ['call', call, {}, { deliveryId: 'd' }],
    ['attempt of a call', { ...call, status: 'retrying' }, {}, null],
    ['rejected request of a provider', { status: 'failed', eventType: 'inbound.github' }, {}, null],
    ['request that is rejected next', { status: 'received', eventType: 'inbound.github' }, {}, null],
  ])('%s asks for its requests', (_, item, wish, expected) => {
    expect(askedFor(item as ListenedItem, { ...all, ...wish }, () => false)).toEqual(expected);
  });

  it('asks for nothing that came before', () => {
    expect(askedFor(attempt as unknown as ListenedItem, all, (id) => id === 'd')).toBeNull();
  });
});
