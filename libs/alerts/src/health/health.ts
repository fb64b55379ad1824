import type { Outcome } from '@breakwater/webhook-client';
import { reportedStatus } from './reported-status.js';

export const HEALTH_STATUSES = ['healthy', 'degraded', 'unhealthy', 'unknown'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** Failed checks in a row after which an app is unhealthy. */
export const UNHEALTHY_FROM = 3;

export interface Health {
  status: HealthStatus;
  /** Failed checks in a row. */
  failures: number;
}

/**
 * The result of one check. `unknown` is about us, not about the app: a worker that stops, a call that was never sent.
 */
export type HealthResult = 'well' | 'degraded' | 'ill' | 'unknown';

/** Any 2xx within the deadline is healthy, however slow, unless its body says otherwise. */
export function judgeCheck(outcome: Outcome): HealthResult {
  switch (outcome.kind) {
    case 'delivered':
      return VERDICTS[reportedStatus(outcome.response.body)?.reported ?? 'healthy'];
    case 'aborted':
    case 'misconfigured':
      return 'unknown';
    default:
      return 'ill';
  }
}

const VERDICTS = { healthy: 'well', degraded: 'degraded', unhealthy: 'ill' } as const;

/** The app's health after a check, and what to notify people of: one alarm per outage, one all-clear per alarm. */
export function healthAfter(
  before: Health,
  verdict: Exclude<HealthResult, 'unknown'>,
): Health & { tell: 'unhealthy' | 'recovered' | null } {
  if (verdict !== 'ill') {
    const status = verdict === 'well' ? 'healthy' : 'degraded';
    return { status, failures: 0, tell: before.status === 'unhealthy' ? 'recovered' : null };
  }
  const failures = before.failures + 1;
  if (failures < UNHEALTHY_FROM) return { status: 'degraded', failures, tell: null };
  return { status: 'unhealthy', failures, tell: before.status === 'unhealthy' ? null : 'unhealthy' };
}
