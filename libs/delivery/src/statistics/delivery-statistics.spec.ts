import { describe, expect, it } from 'vitest';
import { byEventType, summaryOf, type EventTypeCounts } from './delivery-statistics.js';
import { queueHealth } from './queue-health.js';

const none = { total: 0, completed: 0, failed: 0, deadLetter: 0, pending: 0, cancelled: 0 };
const row = (more: Partial<EventTypeCounts>): EventTypeCounts => ({
  ...{ eventType: null, ...none, attempts: 0, attempted: 0 },
  ...more,
});

describe('the summary of deliveries', () => {
  it.each<[string, Partial<EventTypeCounts>[], string, string]>([
    ['none at all', [], '0.00%', '0.00'],
    ['all waiting for their first attempt', [{ total: 4, pending: 4 }], '0.00%', '0.00'],
    [
      '51 of 52',
      [{ total: 52, completed: 51, deadLetter: 1, attempts: 58, attempted: 52 }],
      '98.08%',
      '1.12',
    ],
    ['sync failures', [{ total: 2, completed: 1, failed: 1, attempts: 2, attempted: 2 }], '50.00%', '1.00'],
    ['cancelled ones do not count as failed', [{ total: 3, completed: 1, cancelled: 2 }], '100.00%', '0.00'],
    [
      'two types together',
      [
        { total: 1, completed: 1, attempts: 1, attempted: 1 },
        { eventType: 'a.b', total: 2, deadLetter: 2, attempts: 9, attempted: 2 },
      ],
      '33.33%',
      '3.33',
    ],
  ])('%s', (_, rows, successRate, avgAttempts) => {
    expect(summaryOf(rows.map(row))).toMatchObject({ successRate, avgAttempts });
  });

  it('by type of event has calls of capabilities under none', () => {
    const rows = [row({ total: 1, completed: 1 }), row({ eventType: 'user.created', total: 2, pending: 2 })];
    expect(byEventType(rows)).toEqual({
      none: { ...none, total: 1, completed: 1 },
      'user.created': { ...none, total: 2, pending: 2 },
    });
  });
});

describe('the health of the queue', () => {
  const idle = { waiting: 0, active: 0, completed: 0, failed: 0, delayed: 0, paused: 0 };
  it.each([
    ['idle', {}, true, { totalJobs: 0, failureRate: 0, queueDepth: 0 }],
    [
      'busy',
      { waiting: 99, active: 10, delayed: 500 },
      true,
      { totalJobs: 109, failureRate: 0, queueDepth: 99 },
    ],
    ['too long', { waiting: 100 }, false, { totalJobs: 100, failureRate: 0, queueDepth: 100 }],
    ['5 % failed', { completed: 95, failed: 5 }, true, { totalJobs: 0, failureRate: 0.05, queueDepth: 0 }],
    [
      'more failed',
      { completed: 94, failed: 5 },
      false,
      { totalJobs: 0, failureRate: 0.0505, queueDepth: 0 },
    ],
    ['all failed', { failed: 3 }, false, { totalJobs: 0, failureRate: 1, queueDepth: 0 }],
  ])('%s', (_, metrics, healthy, stats) => {
    const all = { ...idle, ...metrics };
    expect(queueHealth(all)).toEqual({ healthy, metrics: all, stats });
  });
});
