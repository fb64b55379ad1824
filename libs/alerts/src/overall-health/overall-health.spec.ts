import { describe, expect, it } from 'vitest';
import { overallHealth, REASON_CODES, type Snapshot } from './overall-health.js';

const well: Snapshot = {
  checkedAt: new Date(),
  activeApps: 10,
  unhealthyApps: [],
  openBreakers: [],
  deadLetters: 0,
  waiting: 0,
  oldestWaitingMs: 0,
  calls: 1000,
  successes: 1000,
  firingAlerts: [],
  failedNotifications: 0,
  missingKeys: [],
};
const unhealthyApps = (count: number): Snapshot['unhealthyApps'] =>
  Array.from({ length: count }, (_, n) => ({ appId: `app-${n}`, failures: 4 }));
const alert = { name: 'Rule', appId: 'a', capability: null, value: 3, threshold: 2 };

describe('the health of an installation', () => {
  it.each<[string, Partial<Snapshot>]>([
    ['nothing is wrong', {}],
    ['nothing has happened yet', { activeApps: 0, calls: 0, successes: 0 }],
    ['19 calls failed: too few to judge', { calls: 19, successes: 0 }],
    [
      'each number is just below its threshold',
      { deadLetters: 10, waiting: 99, oldestWaitingMs: 59_999, successes: 950 },
    ],
  ])('is healthy when %s', (_, change) =>
    expect(overallHealth({ ...well, ...change })).toEqual({ status: 'healthy', reasons: [] }),
  );

  it.each<[string, Partial<Snapshot>, string[]]>([
    ['degraded', { openBreakers: [{ appId: 'a', capability: 'quiz' }] }, ['CIRCUIT_OPEN']],
    ['degraded', { unhealthyApps: unhealthyApps(1) }, ['APP_UNHEALTHY']],
    ['degraded', { deadLetters: 11 }, ['DEAD_LETTERS_WAITING']],
    ['degraded', { deadLetters: 100 }, ['DEAD_LETTERS_WAITING']],
    ['unhealthy', { deadLetters: 101 }, ['DEAD_LETTERS_WAITING']],
    ['degraded', { waiting: 100 }, ['QUEUE_DEEP']],
    ['unhealthy', { waiting: 10_000 }, ['QUEUE_DEEP']],
    ['degraded', { oldestWaitingMs: 60_000 }, ['QUEUE_LATE']],
    ['unhealthy', { oldestWaitingMs: 600_000 }, ['QUEUE_LATE']],
    ['degraded', { successes: 949 }, ['SUCCESS_RATE_LOW']],
    ['degraded', { successes: 500 }, ['SUCCESS_RATE_LOW']],
    ['unhealthy', { successes: 499 }, ['SUCCESS_RATE_LOW']],
    ['degraded', { firingAlerts: [alert] }, ['ALERT_FIRING']],
    ['degraded', { failedNotifications: 1 }, ['NOTIFICATIONS_FAILED']],
    ['unhealthy', { missingKeys: [{ keyId: 'old', records: 3 }] }, ['ENCRYPTION_KEY_MISSING']],
    ['degraded', { activeApps: 3, unhealthyApps: unhealthyApps(2) }, ['APP_UNHEALTHY', 'APP_UNHEALTHY']],
    [
      'unhealthy',
      { activeApps: 4, unhealthyApps: unhealthyApps(2) },
      ['MANY_APPS_UNHEALTHY', 'APP_UNHEALTHY', 'APP_UNHEALTHY'],
    ],
    ['unhealthy', { waiting: 200, successes: 1 }, ['SUCCESS_RATE_LOW', 'QUEUE_DEEP']],
  ])('is %s by %o', (status, change, codes) => {
    const health = overallHealth({ ...well, ...change });
    expect(health.status).toBe(status);
    expect(health.reasons.map(({ code }) => code)).toEqual(codes);
  });

  it('says what, of whom, and how much', () => {
    const { reasons } = overallHealth({
      ...well,
      successes: 900,
      openBreakers: [{ appId: 'a', capability: 'quiz' }],
      firingAlerts: [alert],
    });
    expect(reasons).toEqual([
      {
        code: 'SUCCESS_RATE_LOW',
        severity: 'degraded',
        appId: null,
        capability: null,
        value: 90,
        threshold: 95,
        message: '90 % of the 1000 calls of the last hour succeeded',
      },
      {
        code: 'CIRCUIT_OPEN',
        severity: 'degraded',
        appId: 'a',
        capability: 'quiz',
        value: 1,
        threshold: 1,
        message: 'the circuit breaker of a/quiz is not closed',
      },
      {
        code: 'ALERT_FIRING',
        severity: 'degraded',
        appId: 'a',
        capability: null,
        value: 3,
        threshold: 2,
        message: 'the alert rule "Rule" fires',
      },
    ]);
  });

  it('has no other reasons than those with a name', () => {
    expect(new Set(REASON_CODES).size).toBe(10);
  });
});
