import type { AppState } from '../apps/app-state.js';

export const VERDICT_STATES = ['ok', 'degraded', 'failing'] as const;
export type VerdictState = (typeof VERDICT_STATES)[number];

export const VERDICT_REASONS = [
  'APPS_FAILING',
  'APPS_DEGRADED',
  'QUEUE_LATE',
  'NO_WORKER',
  'BREAKERS_OPEN',
  'ALERTS_FIRING',
] as const;

export interface VerdictReason {
  code: (typeof VERDICT_REASONS)[number];
  severity: Exclude<VerdictState, 'ok'>;
  message: string;
  count: number;
}

export interface Verdict {
  state: VerdictState;
  /** One sentence. */
  sentence: string;
  /** Everything that is wrong, the worst first. */
  reasons: VerdictReason[];
}

export interface VerdictFacts {
  /** States of all apps that the caller sees. */
  apps: readonly AppState[];
  openBreakers: number;
  firingAlerts: number;
  /** How long the oldest due delivery has waited, s. */
  queueLagSeconds: number;
  /** Workers that were seen lately; null where the caller may not know. */
  workers: number | null;
}

/** From these on the queue is late, s: as in webhook-health. */
const LATE_S = { degraded: 60, failing: 600 };

/** Says in one sentence how all is, and what is wrong. */
export function verdictOf(facts: VerdictFacts): Verdict {
  const reasons = [...appReasons(facts), ...queueReasons(facts), ...otherReasons(facts)];
  reasons.sort((a, b) => VERDICT_STATES.indexOf(b.severity) - VERDICT_STATES.indexOf(a.severity));
  const state = reasons[0]?.severity ?? 'ok';
  return { state, sentence: reasons[0]?.message ?? allIsWell(facts.apps), reasons };
}

function allIsWell(apps: readonly AppState[]): string {
  if (apps.length === 0) return 'No app is registered yet.';
  const running = apps.filter((state) => state === 'ok' || state === 'idle').length;
  if (running === apps.length)
    return apps.length === 1 ? 'The app is well.' : `All ${apps.length} apps are well.`;
  return `${running} of ${apps.length} apps are well, the others are paused or disabled.`;
}

function appReasons({ apps }: VerdictFacts): VerdictReason[] {
  const active = apps.filter((state) => state !== 'disabled').length;
  const failing = apps.filter((state) => state === 'failing').length;
  const degraded = apps.filter((state) => state === 'degraded').length;
  const isMost = 2 * failing >= active;
  return [
    ...(failing > 0
      ? [reason('APPS_FAILING', isMost ? 'failing' : 'degraded', `${share(failing, apps)} failing.`, failing)]
      : []),
    ...(degraded > 0
      ? [reason('APPS_DEGRADED', 'degraded', `${share(degraded, apps)} degraded.`, degraded)]
      : []),
  ];
}

function share(count: number, apps: readonly AppState[]): string {
  if (apps.length === 1) return 'The app is';
  return `${count} of ${apps.length} apps ${count === 1 ? 'is' : 'are'}`;
}

function queueReasons({ queueLagSeconds, workers }: VerdictFacts): VerdictReason[] {
  const lag = Math.floor(queueLagSeconds);
  const late = `The oldest due delivery has waited for ${lag} seconds.`;
  return [
    ...(workers === 0
      ? [reason('NO_WORKER', 'failing', 'No worker is running: nothing is delivered.', 0)]
      : []),
    ...(lag >= LATE_S.degraded
      ? [reason('QUEUE_LATE', lag >= LATE_S.failing ? 'failing' : 'degraded', late, lag)]
      : []),
  ];
}

function otherReasons({ openBreakers, firingAlerts }: VerdictFacts): VerdictReason[] {
  const breakers = openBreakers === 1 ? 'One circuit breaker is' : `${openBreakers} circuit breakers are`;
  const alerts = firingAlerts === 1 ? 'One alert is firing.' : `${firingAlerts} alerts are firing.`;
  return [
    ...(openBreakers > 0
      ? [reason('BREAKERS_OPEN', 'degraded', `${breakers} not closed.`, openBreakers)]
      : []),
    ...(firingAlerts > 0 ? [reason('ALERTS_FIRING', 'degraded', alerts, firingAlerts)] : []),
  ];
}

function reason(
  code: VerdictReason['code'],
  severity: VerdictReason['severity'],
  message: string,
  count: number,
): VerdictReason {
  return { code, severity, message, count };
}
