import { describe, expect, it } from 'vitest';
import { byEventType, summaryOf, type EventTypeCounts } from './delivery-statistics.js';
import { queueHealth } from './queue-health.js';

const none = { total: 0, completed: 0, fallback: 0, failed: 0, deadLetter: 0, pending: 0, cancelled: 0 };
const row = (more: Partial<EventTypeCounts>): EventTypeCounts => ({
  eventType: 'report',
  ...none,
  attempts: 0,
  attempted: 0,
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
    [
      'a fallback’s answer is not a success',
      [{ total: 4, completed: 3, fallback: 1, attempts: 4, attempted: 4 }],
      '75.00%',
      '1.00',
    ],
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

  it('counts calls under their capability', () => {
    const rows = [row({ total: 1, completed: 1 }), row({ eventType: 'user.created', total: 2, pending: 2 })];
    expect(byEventType(rows)).toEqual({
      report: { ...none, total: 1, completed: 1 },
      'user.created': { ...none, total: 2, pending: 2 },
    });
  });
});

describe('the health of the queue', () => {
  const idle = { waiting: 0, active: 0, completed: 0, failed: 0, delayed: 0, paused: 0 };
  it.each([
    ['idle', {}, true, { totalJobs: 0, failureRate: '0.00%', queueDepth: 0 }],
    [
      'busy',
      { waiting: 99, active: 10, delayed: 500 },
      true,
      { totalJobs: 109, failureRate: '0.00%', queueDepth: 99 },
    ],
    ['too long', { waiting: 100 }, false, { totalJobs: 100, failureRate: '0.00%', queueDepth: 100 }],
    ['few failed', { completed: 9976, failed: 24 }, true, { failureRate: '0.24%' }],
    ['5 % failed', { completed: 95, failed: 5 }, true, { failureRate: '5.00%' }],
    ['more failed', { completed: 94, failed: 5 }, false, { failureRate: '5.05%' }],
    ['all of 20 failed', { failed: 20 }, false, { failureRate: '100.00%' }],
    ['all of 19 failed: too few to judge', { failed: 19 }, true, { failureRate: '100.00%' }],
    ['2 of 6 failed: too few to judge', { completed: 4, failed: 2 }, true, { failureRate: '33.33%' }],
  ])('%s', (_, metrics, healthy, stats) => {
    const all = { ...idle, ...metrics };
    expect(queueHealth(all)).toMatchObject({ healthy, metrics: all, stats });
  });
});
