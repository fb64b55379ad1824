import { DEMO_APPS, INCIDENT } from './demo-apps.js';
import type { DayHealth } from './rows.js';

const CHECKED_EVERY_MS = 300_000;

interface Period {
  from: Date;
  to: Date;
}

/** Health checks of the demo's apps, one every five minutes, by UTC day. They failed while the incident lasted. */
export function healthDays(day: Period, incident: Period): DayHealth[] {
  return DEMO_APPS.flatMap(({ id }) => {
    const byDay = new Map<string, DayHealth>();
    for (let atMs = day.from.getTime(); atMs < day.to.getTime(); atMs += CHECKED_EVERY_MS) {
      const date = new Date(atMs).toISOString().slice(0, 10);
      const counts = byDay.get(date) ?? { appId: id, date, ok: 0, failed: 0 };
      byDay.set(date, counts);
      const isDown = id === INCIDENT.appId && atMs >= incident.from.getTime() && atMs < incident.to.getTime();
      counts[isDown ? 'failed' : 'ok'] += 1;
    }
    return [...byDay.values()];
  });
}
