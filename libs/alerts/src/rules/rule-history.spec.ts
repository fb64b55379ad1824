import { describe, expect, it } from 'vitest';
import { firingSpans, historyOf, type HistoryPoint } from './rule-history.js';

const rule = { type: 'success_rate', threshold: 90, minSamples: 10, appId: null, capability: '*' } as const;
const at = (minute: number): Date => new Date(minute * 60_000);
const point = (minute: number, value: number | null, samples = 20): HistoryPoint => ({
  at: at(minute),
  value,
  samples,
});

describe('when a rule would have fired', () => {
  it('is from the first point beyond the threshold to the first that is fine, with the worst value', () => {
    const points = [point(0, 95), point(1, 80), point(2, 50), point(3, 85), point(4, 99)];
    expect(firingSpans(rule, points)).toEqual([{ from: at(1), to: at(4), worstValue: 50 }]);
  });

  it('is not for too few calls, and ends without calls', () => {
    expect(firingSpans(rule, [point(0, 10, 9), point(1, 10, 10), point(2, null, 0)])).toEqual([
      { from: at(1), to: at(2), worstValue: 10 },
    ]);
  });

  it('is without an end while it fires, and again after it was fine', () => {
    expect(firingSpans(rule, [point(0, 10), point(1, 95), point(2, 20)])).toEqual([
      { from: at(0), to: at(1), worstValue: 10 },
      { from: at(2), to: null, worstValue: 20 },
    ]);
  });
});

it('the history of a rule has its value at each step, null without calls', () => {
  const counts = (minute: number, calls: number, successes: number) => ({
    at: at(minute),
    calls,
    successes,
    timeouts: 0,
    ended: calls,
    endedAttempts: 2 * calls,
    p50Ms: 10,
    p95Ms: 20,
    p99Ms: 30,
  });
  const subject = { appId: 'quiz', capability: 'answer' };
  const all = [counts(0, 4, 3), counts(1, 0, 0)];
  expect(historyOf(rule, subject, all)).toEqual([point(0, 75, 4), point(1, null, 0)]);
  expect(historyOf({ ...rule, type: 'response_time' }, subject, all)[0]).toMatchObject({ value: 20 });
  expect(historyOf({ ...rule, type: 'avg_attempts' }, subject, all)[0]).toMatchObject({ value: 2 });
});
