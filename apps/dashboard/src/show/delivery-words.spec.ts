import { describe, expect, it } from 'vitest';
import { attemptsOf, endpointOf, errorClassOf, shortId, subjectOf, waitOf } from './delivery-words.js';

describe('the words of a delivery', () => {
  it('an endpoint is named by its capability, or as a subscription', () => {
    expect(endpointOf('pricing')).toBe('pricing');
    expect(endpointOf('endpoint:01a22130-6830-7000-9e52-28558f0adc0c')).toBe('subscription …28558f0adc0c');
  });
  it('an id is shortened to its end', () => {
    expect(shortId('01a22130-6830-7000-9e52-28558f0adc0c')).toBe('…28558f0adc0c');
    expect(shortId('17')).toBe('17');
  });
  it('its subject is the type of its event, else its capability', () => {
    expect(subjectOf({ eventType: 'order.created', capability: 'endpoint:1' })).toBe('order.created');
    expect(subjectOf({ eventType: null, capability: 'pricing' })).toBe('pricing');
  });
  it.each([
    [null, 'is due'],
    ['circuit_open', 'waits: the breaker is open'],
    ['new_reason', 'waits: new reason'],
  ])('the wait %s is told as "%s"', (reason, told) => expect(waitOf(reason)).toBe(told));
  it.each([
    [2, 8, '2 of 8'],
    [2, null, '2'],
    [9, 8, '9'],
  ])('%s attempts of %s are told as "%s"', (attempts, maxAttempts, told) =>
    expect(attemptsOf({ attempts, maxAttempts })).toBe(told),
  );
  it.each([
    [null, 'no call was made'],
    ['rate_limit', 'rate limit'],
    ['new_class', 'new class'],
  ])('the error class %s is told as "%s"', (one, told) => expect(errorClassOf(one)).toBe(told));
});
