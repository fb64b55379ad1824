import { describe, expect, it } from 'vitest';
import { chartSummary, stateOf, suppressedText } from './alert-state.js';

it.each([
  ['open', 'danger'],
  ['acknowledged', 'warning'],
  ['resolved', 'ok'],
  ['something_new', 'neutral'],
])('a case that is %s has the tone %s', (state, tone) => {
  expect(stateOf({ state })).toEqual({ state, tone });
});

it('says why people were not notified', () => {
  expect(suppressedText('cooldown')).toContain('cooldown');
  expect(suppressedText('muted')).toContain('muted');
  expect(suppressedText('no_channel')).toContain('no_channel');
  expect(suppressedText(null)).toBeNull();
});

describe('the chart of a case', () => {
  const numbers = { noun: 'success rate', threshold: '95 %', worst: '41 %' };

  it('says that it is not over', () => {
    expect(chartSummary(numbers, { subject: 'shop', resolvedAt: null })).toBe(
      'The success rate of shop: 41 % at worst, the threshold is 95 %; it is not over.',
    );
  });

  it('says that it is over', () => {
    expect(chartSummary(numbers, { subject: 'shop', resolvedAt: '2026-11-28T00:00:00Z' })).toMatch(
      /it is over\.$/,
    );
  });
});
