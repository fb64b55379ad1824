export const APP_STATES = ['failing', 'degraded', 'ok', 'idle', 'paused', 'disabled'] as const;
export type AppState = (typeof APP_STATES)[number];

/** What is known of an app now. */
export interface AppFacts {
  /** active or disabled. */
  status: string;
  isPaused: boolean;
  disabledReason: string | null;
  /** healthy, degraded, unhealthy, unknown. */
  health: string;
  failedChecks: number;
  /** Breakers that are not closed. */
  openBreakers: number;
  deadLetters: number;
  /** Calls since the start of the previous hour, and those that succeeded. */
  calls: number;
  successes: number;
  /** Calls of the last 24 hours. */
  callsOfDay: number;
}

/** With fewer calls the success rate is not judged. */
const CALLS_MIN = 20;
/** Success rates below which an app is failing or degraded, per cent. */
const FAILING_BELOW = 50;
const DEGRADED_BELOW = 95;
/** More dead letters than this make an app degraded, as in the shipped alert rule. */
const DEAD_LETTERS_MAX = 10;

/** How an app is, with the one reason that weighs most; the reason is null when all is well. */
export function appState(app: AppFacts): { state: AppState; reason: string | null } {
  if (app.status !== 'active') return { state: 'disabled', reason: app.disabledReason ?? 'It is disabled.' };
  if (app.isPaused) return { state: 'paused', reason: 'It is paused: its deliveries wait.' };
  return troubleOf(app) ?? { state: app.callsOfDay === 0 ? 'idle' : 'ok', reason: null };
}

function troubleOf(app: AppFacts): { state: AppState; reason: string } | null {
  const rate = app.calls >= CALLS_MIN ? percent(app.successes, app.calls) : null;
  const rateReason = `${rate} % of its ${app.calls} latest calls succeeded.`;
  if (app.health === 'unhealthy')
    return { state: 'failing', reason: `${app.failedChecks} health checks in a row failed.` };
  if (rate !== null && rate < FAILING_BELOW) return { state: 'failing', reason: rateReason };
  if (app.openBreakers > 0) {
    const are =
      app.openBreakers === 1 ? 'One circuit breaker is' : `${app.openBreakers} circuit breakers are`;
    return { state: 'degraded', reason: `${are} not closed.` };
  }
  if (rate !== null && rate < DEGRADED_BELOW) return { state: 'degraded', reason: rateReason };
  if (app.failedChecks > 0)
    return { state: 'degraded', reason: `Its last ${times(app.failedChecks, 'health check')} failed.` };
  if (app.health === 'degraded')
    return { state: 'degraded', reason: 'Its health check reports that it is degraded.' };
  if (app.deadLetters > DEAD_LETTERS_MAX)
    return { state: 'degraded', reason: `${app.deadLetters} dead letters wait for a person.` };
  return null;
}

/** The worst first. */
export function rankOf(state: AppState): number {
  return APP_STATES.indexOf(state);
}

/** Two digits; null of nothing. */
export function percent(part: number, of: number): number | null {
  return of === 0 ? null : Math.round((10_000 * part) / of) / 100;
}

function times(count: number, what: string): string {
  return count === 1 ? what : `${count} ${what}s`;
}
