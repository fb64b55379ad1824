import { appState, percent, rankOf, type AppState } from './app-state.js';
import type { AppHour, AppNow } from './app-numbers.store.js';

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** Deliveries that ended within an hour. */
export interface SparkPoint {
  at: Date;
  ended: number;
  completed: number;
}

export interface AppSummary {
  appId: string;
  name: string;
  status: string;
  state: AppState;
  /** Null when all is well. */
  reason: string | null;
  health: string;
  /** Of the deliveries that ended in the last 24 hours, per cent; null without any. */
  successRate: number | null;
  ended: number;
  completed: number;
  openBreakers: number;
  deadLetters: number;
  oldestDeadLetterAt: Date | null;
  lastSeenAt: Date | null;
  /** The last 24 hours, oldest first; the last point is the current hour. */
  sparkline: SparkPoint[];
}

const ENDS = ['end:completed', 'end:fallback', 'end:failed', 'end:dead_letter'];

/** @param hour start of the current one */
export function summaryOf(app: AppNow, hours: readonly AppHour[], hour: Date): AppSummary {
  const sparkline = sparklineOf(hours, hour);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const latest = hours.filter(({ at }) => at.getTime() >= hour.getTime() - HOUR_MS);
  const ended = sum(sparkline.map((point) => point.ended));
  const completed = sum(sparkline.map((point) => point.completed));
  const { state, reason } = appState({
    ...app,
    calls: sum(latest.map(({ calls }) => calls)),
    successes: sum(latest.map(({ successes }) => successes)),
    callsOfDay: sum(hours.map(({ calls }) => calls)),
  });
  return {
    appId: app.id,
    name: app.name,
    status: app.status,
    state,
    reason,
    health: app.health,
    successRate: percent(completed, ended),
    ended,
    completed,
    openBreakers: app.openBreakers,
    deadLetters: app.deadLetters,
    oldestDeadLetterAt: app.oldestDeadLetterAt,
    lastSeenAt: app.lastSeenAt,
    sparkline,
  };
}

function sparklineOf(hours: readonly AppHour[], hour: Date): SparkPoint[] {
  const first = hour.getTime() - (HOURS - 1) * HOUR_MS;
  const points = Array.from({ length: HOURS }, (_, n) => ({
    at: new Date(first + n * HOUR_MS),
    ended: 0,
    completed: 0,
  }));
  for (const { at, marks, markCounts } of hours) {
    const point = points[Math.floor((at.getTime() - first) / HOUR_MS)];
    if (!point) continue;
    for (const [place, mark] of (marks ?? []).entries()) {
      if (ENDS.includes(mark)) point.ended += markCounts![place]!;
      if (mark === 'end:completed') point.completed += markCounts![place]!;
    }
  }
  return points;
}

export const APP_SORTS = ['worst', 'name', 'lastSeen'] as const;
export type AppSort = (typeof APP_SORTS)[number];

/** The place of an app in an order: parts are compared one after the other, as texts. */
export function placeOf(app: AppSummary, sort: AppSort): string[] {
  const name = [app.name.toLowerCase(), app.appId];
  if (sort === 'name') return name;
  if (sort === 'lastSeen') return [digits(10 ** 14 - (app.lastSeenAt?.getTime() ?? 0)), ...name];
  const failed = app.ended - app.completed;
  return [digits(rankOf(app.state)), digits(10 ** 14 - failed), digits(10 ** 14 - app.deadLetters), ...name];
}

export function comparePlaces(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? '';
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}

/** Whether a text occurs in its id or name. */
export function isFound(app: AppSummary, search: string): boolean {
  const wanted = search.toLowerCase();
  return app.appId.toLowerCase().includes(wanted) || app.name.toLowerCase().includes(wanted);
}

function digits(value: number): string {
  return String(value).padStart(15, '0');
}
