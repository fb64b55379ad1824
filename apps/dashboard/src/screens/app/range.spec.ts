import { describe, expect, it } from 'vitest';
import { rangeOf, rangeQuery } from './range.js';

describe('the range of the charts', () => {
  it.each([
    [{}, { window: '24h' }],
    [{ range: '7d' }, { window: '7d' }],
    [{ range: '5y' }, { window: '24h' }],
    [{ from: '2026-11-28T00:00:00Z' }, { from: '2026-11-28T00:00:00Z' }],
    [
      { from: '2026-11-28T00:00:00Z', to: '2026-11-28T06:00:00Z', range: '1h' },
      { from: '2026-11-28T00:00:00Z', to: '2026-11-28T06:00:00Z' },
    ],
    [{ from: '2026-11-28T00:00:00Z', to: '2026-11-27T00:00:00Z' }, { from: '2026-11-28T00:00:00Z' }],
    [{ from: 'yesterday' }, { window: '24h' }],
  ])('%j in the URL asks for %j', (search, query) => {
    expect(rangeQuery(rangeOf(search as never))).toEqual(query);
  });
});
