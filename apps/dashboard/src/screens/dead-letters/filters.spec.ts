import { describe, expect, it } from 'vitest';
import {
  bulkFilterOf,
  DEAD_LETTER_FIELDS,
  DEAD_LETTER_FILTERS,
  deadLettersQuery,
  notInBulk,
} from './filters.js';

const noon = new Date('2026-11-28T12:00:00.000Z');

describe('the filters of dead letters', () => {
  it('ages become milliseconds', () => {
    expect(deadLettersQuery({ newer: '24h', older: '1h', reason: 'exhausted' }, null)).toEqual({
      reason: 'exhausted',
      maxAgeMs: 86_400_000,
      minAgeMs: 3_600_000,
    });
  });
  it('an owner asks for the own app only, whatever the URL says', () => {
    expect(deadLettersQuery({ appId: 'other' }, 'shop')).toEqual({ appId: 'shop' });
  });
  it('each field is a filter', () => {
    const known: readonly string[] = DEAD_LETTER_FILTERS;
    expect(DEAD_LETTER_FIELDS.filter(({ name }) => !known.includes(name))).toEqual([]);
  });
});

describe('a bulk operation over what the list shows', () => {
  it('takes what had failed when it was asked for', () => {
    expect(bulkFilterOf({}, noon)).toEqual({ to: '2026-11-28T12:00:00.000Z' });
  });
  it('has the same filters', () => {
    const filters = {
      appId: 'shop',
      capability: 'pricing',
      reason: 'exhausted',
      category: 'RETRYABLE',
      eventType: 'order.created',
      newer: '24h',
      older: '1h',
    };
    expect(bulkFilterOf(filters, noon)).toEqual({
      appId: 'shop',
      capability: 'pricing',
      reason: 'exhausted',
      category: 'RETRYABLE',
      types: ['order.created'],
      from: '2026-11-27T12:00:00.000Z',
      to: '2026-11-28T11:00:00.000Z',
    });
  });
  it.each([
    [{ state: 'resolved' }, /State/],
    [{ errorClass: 'network' }, /Error class/],
  ])('is not possible with %j', (filters, why) => expect(notInBulk(filters)).toMatch(why));
  it('is possible with the others', () => expect(notInBulk({ appId: 'shop', older: '1h' })).toBeNull());
});
