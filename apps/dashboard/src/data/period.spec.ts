import { describe, expect, it } from 'vitest';
import { periodOf, toLocalField } from './period.js';

const noon = new Date('2026-11-28T12:00:00.000Z');

describe('the period of a filter', () => {
  it.each([
    ['a range ends now', { range: '1h' }, { from: '2026-11-28T11:00:00.000Z' }],
    [
      'a range has precedence',
      { range: '15m', to: '2026-01-01T00:00:00Z' },
      { from: '2026-11-28T11:45:00.000Z' },
    ],
    [
      'two moments are taken as they are',
      { from: '2026-11-27T00:00Z', to: '2026-11-28T00:00Z' },
      { from: '2026-11-27T00:00:00.000Z', to: '2026-11-28T00:00:00.000Z' },
    ],
    ['an unknown range and a text that is no time are left out', { range: 'ever', from: 'then' }, {}],
    ['nothing is all', {}, {}],
  ])('%s', (_, filter, expected) => expect(periodOf(filter, noon)).toEqual(expected));

  it('is shown in the zone of the computer', () => {
    const shown = toLocalField('2026-11-28T12:00:00.000Z');
    expect(new Date(shown).toISOString()).toBe('2026-11-28T12:00:00.000Z');
    expect(toLocalField(undefined)).toBe('');
  });
});
