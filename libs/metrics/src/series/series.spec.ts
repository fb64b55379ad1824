import { describe, expect, it } from 'vitest';
import { rangeOf, rangeUntil, wholeHours } from './series-range.js';
import { p95Of, seriesOf, sumOf, type MarkedPiece } from './series-report.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = new Date('2026-11-28T12:00:00Z');
const before = (ms: number): Date => new Date(NOON.getTime() - ms);

describe('a range', () => {
  it.each([
    [HOUR, MINUTE],
    [6 * HOUR, 5 * MINUTE],
    [DAY, 15 * MINUTE],
    [7 * DAY, HOUR],
    [30 * DAY, 6 * HOUR],
    [90 * DAY, DAY],
  ])('of %i ms has steps of %i ms', (spanMs, stepMs) => {
    const range = rangeOf(before(spanMs), NOON);
    expect(range.stepMs).toBe(stepMs);
    expect(range.from.getTime() % stepMs).toBe(0);
    expect(range.to.getTime() % stepMs).toBe(0);
    expect(range.from <= before(spanMs) && range.to >= NOON).toBe(true);
  });

  it('is widened to whole steps, and to one at least', () => {
    expect(rangeOf(before(90_500), before(30_500))).toEqual({
      from: before(2 * MINUTE),
      to: NOON,
      stepMs: MINUTE,
    });
    expect(rangeOf(NOON, NOON)).toEqual({
      from: NOON,
      to: new Date(NOON.getTime() + MINUTE),
      stepMs: MINUTE,
    });
    expect(rangeOf(NOON, before(HOUR)).from < rangeOf(NOON, before(HOUR)).to).toBe(true);
  });

  it('is cut to 400 days', () => {
    const { from, to, stepMs } = rangeOf(new Date(0), NOON);
    expect((to.getTime() - from.getTime()) / stepMs).toBeLessThanOrEqual(401);
  });

  it('until now ends with the step that now is in', () => {
    expect(rangeUntil(HOUR, new Date(NOON.getTime() + 30_000))).toEqual({
      from: new Date(NOON.getTime() - 59 * MINUTE),
      to: new Date(NOON.getTime() + MINUTE),
      stepMs: MINUTE,
    });
  });

  it.each([
    ['with whole hours within', before(150 * MINUTE), before(30 * MINUTE), before(2 * HOUR), before(HOUR)],
    ['within one hour', before(50 * MINUTE), before(10 * MINUTE), before(10 * MINUTE), before(10 * MINUTE)],
    ['over one full hour only', before(70 * MINUTE), before(50 * MINUTE), before(HOUR), before(HOUR)],
    ['on whole hours', before(2 * HOUR), NOON, before(2 * HOUR), NOON],
  ])('%s is whole hours and the minutes beside them', (_, from, to, first, end) => {
    expect(wholeHours({ from, to })).toEqual({ first, end });
  });
});

describe('a report', () => {
  const piece = (at: Date, change: Partial<MarkedPiece> = {}): MarkedPiece => ({
    at,
    calls: 0,
    successes: 0,
    timeouts: 0,
    buckets: null,
    counts: null,
    marks: null,
    markCounts: null,
    ...change,
  });
  const calls = piece(before(2 * MINUTE), { calls: 3, successes: 2, buckets: [10, 20], counts: [2, 1] });
  const marks = piece(before(MINUTE), {
    marks: ['end:completed', 'end:dead_letter', 'end:failed', 'end:fallback', 'error:network', 'status:2xx'],
    markCounts: [1, 2, 3, 4, 5, 6],
  });

  it('adds up calls, ends, statuses and errors', () => {
    expect(sumOf([calls, marks, marks])).toMatchObject({
      total: 3,
      successes: 2,
      p50Ms: 10,
      ends: { completed: 2, deadLetter: 4, failed: 6, fallback: 8 },
      errors: { network: 10 },
      statuses: { '2xx': 12 },
    });
  });

  it('has every step, and leaves out what is not in the range', () => {
    const range = { from: before(3 * MINUTE), to: NOON, stepMs: MINUTE };
    const series = seriesOf([calls, marks, piece(NOON, { calls: 9 })], range);
    expect(series.map(({ total }) => total)).toEqual([0, 3, 0]);
    expect(series.map(({ ends }) => ends.fallback)).toEqual([0, 0, 4]);
  });

  it('sorts names', () => {
    const mixed = piece(NOON, { marks: ['status:none', 'status:2xx'], markCounts: [1, 1] });
    expect(
      Object.keys(sumOf([mixed, piece(NOON, { marks: ['status:3xx'], markCounts: [1] })]).statuses),
    ).toEqual(['2xx', '3xx', 'none']);
  });

  it('has a p95 of the durations, null without any', () => {
    expect(p95Of([calls])).toBe(20);
    expect(p95Of([marks])).toBeNull();
  });
});
