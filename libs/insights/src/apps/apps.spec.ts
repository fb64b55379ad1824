import { describe, expect, it } from 'vitest';
import type { AppHour, AppNow } from './app-numbers.store.js';
import { appState, percent, type AppFacts, type AppState } from './app-state.js';
import { comparePlaces, isFound, placeOf, summaryOf } from './app-summary.js';

const well: AppFacts = {
  status: 'active',
  isPaused: false,
  disabledReason: null,
  health: 'healthy',
  failedChecks: 0,
  openBreakers: 0,
  deadLetters: 0,
  calls: 100,
  successes: 100,
  callsOfDay: 1000,
};

describe('the state of an app', () => {
  it.each<[AppState, Partial<AppFacts>, string | null]>([
    ['ok', {}, null],
    ['idle', { calls: 0, successes: 0, callsOfDay: 0 }, null],
    ['ok', { calls: 19, successes: 0 }, null],
    ['disabled', { status: 'disabled', openBreakers: 1 }, 'It is disabled.'],
    ['disabled', { status: 'disabled', disabledReason: 'Moved.' }, 'Moved.'],
    ['paused', { isPaused: true, openBreakers: 1 }, 'It is paused: its deliveries wait.'],
    ['failing', { health: 'unhealthy', failedChecks: 4 }, '4 health checks in a row failed.'],
    ['failing', { successes: 49 }, '49 % of its 100 latest calls succeeded.'],
    ['degraded', { successes: 94 }, '94 % of its 100 latest calls succeeded.'],
    ['degraded', { successes: 94, openBreakers: 1 }, 'One circuit breaker is not closed.'],
    ['degraded', { openBreakers: 2 }, '2 circuit breakers are not closed.'],
    ['degraded', { failedChecks: 1, health: 'degraded' }, 'Its last health check failed.'],
    ['degraded', { failedChecks: 2, health: 'degraded' }, 'Its last 2 health checks failed.'],
    ['degraded', { health: 'degraded' }, 'Its health check reports that it is degraded.'],
    ['ok', { deadLetters: 10 }, null],
    ['degraded', { deadLetters: 11 }, '11 dead letters wait for a person.'],
  ])('is %s with %o', (state, change, reason) => {
    expect(appState({ ...well, ...change })).toEqual({ state, reason });
  });

  it('has rates of two digits, and none of nothing', () => {
    expect(percent(1, 3)).toBe(33.33);
    expect(percent(0, 0)).toBeNull();
  });
});

const HOUR = new Date('2026-11-28T12:00:00Z');
const app = (id: string, change: Partial<AppNow> = {}): AppNow => ({
  id,
  name: `Name of ${id}`,
  status: 'active',
  isPaused: false,
  disabledReason: null,
  health: 'unknown',
  failedChecks: 0,
  openBreakers: 0,
  deadLetters: 0,
  oldestDeadLetterAt: null,
  lastSeenAt: null,
  ...change,
});
const hour = (hoursAgo: number, marks: Record<string, number>, calls = 0): AppHour => ({
  appId: 'a',
  at: new Date(HOUR.getTime() - hoursAgo * 3_600_000),
  calls,
  successes: calls,
  marks: Object.keys(marks),
  markCounts: Object.values(marks),
});

describe('the summary of an app', () => {
  it('adds up the ends of 24 hours, and has a point for each', () => {
    const hours = [
      hour(0, { 'end:completed': 3, 'status:2xx': 9 }, 9),
      hour(23, { 'end:fallback': 1, 'end:failed': 1, 'end:dead_letter': 1 }),
      hour(24, { 'end:completed': 50 }),
      { ...hour(1, {}), marks: null, markCounts: null },
    ];
    const summary = summaryOf(app('a'), hours, HOUR);
    expect(summary).toMatchObject({ ended: 6, completed: 3, successRate: 50, state: 'ok', reason: null });
    expect(summary.sparkline).toHaveLength(24);
    expect(summary.sparkline[0]).toEqual({ at: hour(23, {}).at, ended: 3, completed: 0 });
    expect(summary.sparkline[23]).toEqual({ at: HOUR, ended: 3, completed: 3 });
  });

  it('judges the calls of the current hour and the one before', () => {
    const failing = { ...hour(1, {}, 30), successes: 0 };
    expect(summaryOf(app('a'), [failing], HOUR).state).toBe('failing');
    expect(summaryOf(app('a'), [{ ...failing, at: hour(2, {}).at }], HOUR).state).toBe('ok');
  });

  it('without calls is idle and has no rate', () => {
    expect(summaryOf(app('a'), [], HOUR)).toMatchObject({ state: 'idle', successRate: null, ended: 0 });
  });
});

describe('the order of apps', () => {
  const summary = (id: string, change: Partial<AppNow> = {}, hours: AppHour[] = []) =>
    summaryOf(app(id, change), hours, HOUR);
  const rows = [
    summary('calm', { lastSeenAt: HOUR }),
    summary('broken', { health: 'unhealthy', failedChecks: 3 }),
    summary('open', { openBreakers: 1 }),
    summary('losing', { openBreakers: 1 }, [hour(0, { 'end:dead_letter': 5 })]),
    summary('older', { lastSeenAt: new Date(HOUR.getTime() - 1) }),
  ];
  const sorted = (sort: 'worst' | 'name' | 'lastSeen'): string[] =>
    rows.toSorted((a, b) => comparePlaces(placeOf(a, sort), placeOf(b, sort))).map(({ appId }) => appId);

  it('is the worst first: by state, failed deliveries, dead letters, name', () => {
    expect(sorted('worst')).toEqual(['broken', 'losing', 'open', 'calm', 'older']);
  });

  it('is by name', () => expect(sorted('name')).toEqual(['broken', 'calm', 'losing', 'older', 'open']));

  it('is the latest seen first, those never seen last', () => {
    expect(sorted('lastSeen')).toEqual(['calm', 'older', 'broken', 'losing', 'open']);
  });

  it('is total: a place is equal to itself only, and a shorter one comes before', () => {
    expect(comparePlaces(['a'], ['a'])).toBe(0);
    expect(comparePlaces(['a', 'b'], ['a'])).toBe(1);
  });

  it('finds a part of the id or the name, capital or not', () => {
    expect(isFound(rows[0]!, 'CALM')).toBe(true);
    expect(isFound(rows[0]!, 'name OF')).toBe(true);
    expect(isFound(rows[0]!, 'x')).toBe(false);
  });
});
