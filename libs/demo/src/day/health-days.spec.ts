import { describe, expect, it } from 'vitest';
import { healthDays } from './health-days.js';

describe('the health checks of the demo', () => {
  const day = { from: new Date('2026-11-27T15:00:00Z'), to: new Date('2026-11-28T15:00:00Z') };
  const incident = { from: new Date('2026-11-28T10:00:00Z'), to: new Date('2026-11-28T10:37:00Z') };
  const days = healthDays(day, incident);

  it('are one every five minutes of the day', () => {
    const ofShop = days.filter(({ appId }) => appId === 'demo-shop');
    expect(ofShop).toEqual([
      { appId: 'demo-shop', date: '2026-11-27', ok: 108, failed: 0 },
      { appId: 'demo-shop', date: '2026-11-28', ok: 180, failed: 0 },
    ]);
  });

  it('failed during the incident, of its app only', () => {
    expect(days.filter(({ failed }) => failed > 0)).toEqual([
      { appId: 'demo-contacts', date: '2026-11-28', ok: 172, failed: 8 },
    ]);
  });
});
