import { describe, expect, it } from 'vitest';
import { verdictOf, type VerdictFacts } from './verdict.js';

const well: VerdictFacts = {
  apps: ['ok', 'idle', 'ok', 'ok', 'ok', 'ok', 'ok'],
  openBreakers: 0,
  firingAlerts: 0,
  queueLagSeconds: 0,
  workers: 1,
};

describe('the verdict', () => {
  it.each<[string, Partial<VerdictFacts>, string]>([
    ['ok', {}, 'All 7 apps are well.'],
    ['ok', { apps: [] }, 'No app is registered yet.'],
    ['ok', { apps: ['ok'] }, 'The app is well.'],
    ['ok', { workers: null }, 'All 7 apps are well.'],
    ['ok', { apps: ['ok', 'paused'] }, '1 of 2 apps are well, the others are paused or disabled.'],
    ['degraded', { apps: ['degraded', 'degraded', 'ok', 'ok'] }, '2 of 4 apps are degraded.'],
    ['degraded', { apps: ['degraded'] }, 'The app is degraded.'],
    ['degraded', { apps: ['failing', 'ok', 'ok'] }, '1 of 3 apps is failing.'],
    ['failing', { apps: ['failing', 'failing', 'ok'] }, '2 of 3 apps are failing.'],
    ['failing', { workers: 0 }, 'No worker is running: nothing is delivered.'],
    ['degraded', { queueLagSeconds: 60.9 }, 'The oldest due delivery has waited for 60 seconds.'],
    ['failing', { queueLagSeconds: 600 }, 'The oldest due delivery has waited for 600 seconds.'],
    ['degraded', { openBreakers: 1 }, 'One circuit breaker is not closed.'],
    ['degraded', { openBreakers: 2 }, '2 circuit breakers are not closed.'],
    ['degraded', { firingAlerts: 1 }, 'One alert is firing.'],
    ['degraded', { firingAlerts: 3 }, '3 alerts are firing.'],
  ])('is %s with %o', (state, change, sentence) => {
    expect(verdictOf({ ...well, ...change })).toMatchObject({ state, sentence });
  });

  it('lists everything, the worst first', () => {
    const { state, reasons } = verdictOf({
      apps: ['degraded', 'ok'],
      openBreakers: 1,
      firingAlerts: 1,
      queueLagSeconds: 900,
      workers: 1,
    });
    expect(state).toBe('failing');
    expect(reasons.map(({ code }) => code)).toEqual([
      'QUEUE_LATE',
      'APPS_DEGRADED',
      'BREAKERS_OPEN',
      'ALERTS_FIRING',
    ]);
  });
});
