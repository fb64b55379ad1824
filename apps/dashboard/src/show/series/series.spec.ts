import { describe, expect, it } from 'vitest';
import {
  changeTitle,
  countsOf,
  countsSummary,
  durationsOf,
  durationsSummary,
  drawnOf,
  endsOf,
  endsSummary,
  formatRate,
  markersOf,
  type Change,
  type Numbers,
  type Step,
} from './series.js';

const NONE: Numbers = {
  total: 0,
  successes: 0,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  ends: { completed: 0, fallback: 0, failed: 0, deadLetter: 0 },
  statuses: {},
  errors: {},
};
const step = (at: string, numbers: Partial<Numbers> = {}): Step => ({ ...NONE, ...numbers, at });
const change = (at: string, parts: Partial<Change>): Change => ({
  at,
  kind: 'breaker',
  capability: 'price',
  version: null,
  from: 'closed',
  to: 'open',
  ...parts,
});

describe('the charts of an app', () => {
  it('say in a sentence how deliveries ended', () => {
    expect(endsSummary(NONE.ends)).toBe('No delivery ended in this time.');
    expect(endsSummary({ completed: 100, fallback: 0, failed: 0, deadLetter: 0 })).toBe(
      '100 % of 100 deliveries completed.',
    );
    expect(endsSummary({ completed: 90, fallback: 5, failed: 4, deadLetter: 1 })).toBe(
      '90 % of 100 deliveries completed; 5 answered by a fallback, 4 failed, 1 dead letter.',
    );
    expect(endsOf([step('a', { ends: { completed: 1, fallback: 2, failed: 3, deadLetter: 4 } })])).toEqual([
      { at: 'a', completed: 1, fallback: 2, failed: 3, deadLetter: 4 },
    ]);
  });

  it('leave out the 99th percentile of few calls', () => {
    const few = { total: 19, p50Ms: 10, p95Ms: 1500, p99Ms: 2000 };
    expect(durationsOf([step('a', few)])).toEqual([{ at: 'a', p50Ms: 10, p95Ms: 1500, p99Ms: null }]);
    expect(durationsOf([step('a', { ...few, total: 20 })])[0]?.['p99Ms']).toBe(2000);
    expect(durationsSummary(NONE)).toBe('No call was made in this time.');
    expect(durationsSummary({ ...NONE, ...few })).toBe(
      'Of 100 calls, 50 took at most 10 ms, 95 at most 1.5 s; 19 calls.',
    );
    expect(durationsSummary({ ...NONE, ...few, total: 20 })).toContain(', 99 at most 2 s; 20 calls.');
  });

  it('draw no line that has no value', () => {
    const points = [{ at: 'a', p50Ms: 0, p95Ms: null }];
    const series = [
      { id: 'p50Ms', title: 'p50', tone: 'info' },
      { id: 'p95Ms', title: 'p95', tone: 'warning' },
    ] as const;
    expect(drawnOf(series, points).map(({ id }) => id)).toEqual(['p50Ms']);
  });

  it('stack classes of status codes in their order, and error classes by their number', () => {
    const statuses = { '5xx': 8, '2xx': 2, none: 1, '3xx': 0 };
    const byStatus = countsOf([step('a', { statuses: { '2xx': 2 } })], { ...NONE, statuses }, 'statuses');
    expect(byStatus.series.map(({ id, tone }) => [id, tone])).toEqual([
      ['2xx', 'ok'],
      ['5xx', 'danger'],
      ['none', 'neutral'],
    ]);
    expect(byStatus.points).toEqual([{ at: 'a', '2xx': 2, '5xx': 0, none: 0 }]);
    const errors = { client_error: 1, network: 5 };
    const byError = countsOf([], { ...NONE, errors }, 'errors');
    expect(byError.series.map(({ id, title }) => [id, title])).toEqual([
      ['network', 'network'],
      ['client_error', 'client error'],
    ]);
    expect(countsSummary({ '5xx': 80, '2xx': 20, none: 0 }, '')).toBe('5xx 80 %, 2xx 20 %; 100 calls.');
    expect(countsSummary({ none: 3 }, '')).toBe('No answer 3; 3 calls.');
    expect(countsSummary({}, 'No call failed.')).toBe('No call failed.');
  });

  it('mark new manifests and breakers that opened, within the axis', () => {
    const steps = [step('2026-11-28T10:00:00Z'), step('2026-11-28T10:15:00Z')];
    const changes = [
      change('2026-11-28T10:01:00Z', { kind: 'manifest', version: 4, capability: null, to: null }),
      change('2026-11-28T10:02:00Z', { to: 'half_open' }),
      change('2026-11-28T10:20:00Z', {}),
    ];
    expect(markersOf(changes, steps)).toEqual([
      { at: '2026-11-28T10:01:00Z', title: 'Manifest 4' },
      { at: '2026-11-28T10:15:00Z', title: 'Breaker opened' },
    ]);
    expect(markersOf(changes, [])).toEqual([]);
  });

  it('name a change', () => {
    expect(changeTitle(change('', { kind: 'manifest', version: 4 }))).toBe('Manifest 4');
    expect(changeTitle(change('', {}))).toBe('open: price');
    expect(changeTitle(change('', { to: 'half_open', capability: null }))).toBe('probe');
  });

  it('a rate is per cent', () => {
    expect(formatRate(null)).toBe('–');
    expect(formatRate(12.34)).toBe('12.3 %');
  });
});
