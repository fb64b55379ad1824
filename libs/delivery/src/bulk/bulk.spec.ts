import { describe, expect, it } from 'vitest';
import { failed, notCancelled, notRedelivered, notResolved, skipped, succeeded } from './bulk.js';

const delivery = (status: string, takesDeliveries = true) => ({ id: 'd', status, takesDeliveries });

describe('an item that could not be changed', () => {
  it.each([
    ['a delivery that is gone', notRedelivered(undefined), failed('its delivery is no longer stored')],
    ['a pending delivery', notRedelivered(delivery('pending')), skipped('it is not finished', 'd')],
    [
      'a delivery to a disabled endpoint',
      notRedelivered(delivery('dead_letter', false)),
      failed('its endpoint is disabled or was removed', 'd'),
    ],
    ['a sync call', notRedelivered(delivery('fallback')), skipped('it is fallback', 'd')],
  ])('is not redelivered: %s', (_, result, expected) => expect(result).toEqual(expected));

  it.each([
    ['a delivery that is gone', notCancelled(undefined), failed('its delivery is no longer stored')],
    ['a delivery in progress', notCancelled(delivery('pending')), skipped('its call was in progress', 'd')],
    ['a finished delivery', notCancelled(delivery('completed')), skipped('it is completed', 'd')],
  ])('is not cancelled: %s', (_, result, expected) => expect(result).toEqual(expected));

  it.each([
    ['a dead letter that is gone', notResolved(undefined), skipped('it was deleted')],
    ['a resolved one', notResolved({ deliveryId: 'd' }), skipped('it was already resolved', 'd')],
  ])('is not resolved: %s', (_, result, expected) => expect(result).toEqual(expected));
});

describe('an item that was changed', () => {
  it('names its delivery and no reason', () =>
    expect(succeeded('d')).toEqual({ result: 'succeeded', reason: null, deliveryId: 'd' }));
});
