import type { HealthStatus } from '../health/health.js';

export type OverallStatus = Exclude<HealthStatus, 'unknown'>;

export const REASON_CODES = [
  ...([
    'CIRCUIT_OPEN',
    'APP_UNHEALTHY',
    'MANY_APPS_UNHEALTHY',
    'DEAD_LETTERS_WAITING',
    'QUEUE_DEEP',
  ] as const),
  ...([
    'QUEUE_LATE',
    'SUCCESS_RATE_LOW',
    'ALERT_FIRING',
    'NOTIFICATIONS_FAILED',
    'ENCRYPTION_KEY_MISSING',
  ] as const),
];
export type ReasonCode = (typeof REASON_CODES)[number];

/** One thing that is wrong. */
export interface Reason {
  code: ReasonCode;
  severity: Exclude<OverallStatus, 'healthy'>;
  message: string;
  appId: string | null;
  capability: string | null;
  value: number;
  threshold: number;
}

/** Thresholds of `degraded` and `unhealthy`, compared like those of the alert rules (docs/guides/alerting.md). */
export const THRESHOLDS = {
  /** Above this. */
  deadLetters: { degraded: 10, unhealthy: 100 },
  /** At this number or above. */
  waiting: { degraded: 100, unhealthy: 10_000 },
  /** How long the oldest of them has been due, ms; at this number or above. */
  lateMs: { degraded: 60_000, unhealthy: 600_000 },
  /** Below this, per cent of the calls of the last hour. */
  successRate: { degraded: 95, unhealthy: 50 },
  /** With fewer calls the success rate is not judged. */
  minCalls: 20,
  /** Share of the active apps, per cent; with fewer than four apps it is not judged. */
  unhealthyApps: { unhealthy: 50, minApps: 4 },
} as const;

/** The installation as it is now. */
export interface Snapshot {
  checkedAt: Date;
  activeApps: number;
  unhealthyApps: readonly { appId: string; failures: number }[];
  openBreakers: readonly { appId: string; capability: string }[];
  deadLetters: number;
  /** Deliveries that are due and not claimed. */
  waiting: number;
  /** How long the oldest of them has waited, ms; those behind an open circuit breaker do not count. */
  oldestWaitingMs: number;
  /** Of the last hour. */
  calls: number;
  successes: number;
  firingAlerts: readonly {
    name: string;
    appId: string | null;
    capability: string | null;
    value: number;
    threshold: number;
  }[];
  /** Notifications that failed for good within the last 24 h. */
  failedNotifications: number;
  /** Encryption keys that this process lacks, and how many stored records each of them sealed. */
  missingKeys: readonly { keyId: string; records: number }[];
}

export interface OverallHealth {
  status: OverallStatus;
  reasons: Reason[];
}

const SEVERITY: Record<OverallStatus, number> = { healthy: 0, degraded: 1, unhealthy: 2 };

/** The health of the installation, and everything that is wrong, the worst first. */
export function overallHealth(snapshot: Snapshot): OverallHealth {
  const reasons = [
    ...keyReasons(snapshot),
    ...rateReasons(snapshot),
    ...backlogReasons(snapshot),
    ...appReasons(snapshot),
    ...noticeReasons(snapshot),
  ].sort((a, b) => SEVERITY[b.severity] - SEVERITY[a.severity]);
  return { status: reasons[0]?.severity ?? 'healthy', reasons };
}

function keyReasons({ missingKeys }: Snapshot): Reason[] {
  return missingKeys.map(({ keyId, records }) => {
    const message = `the encryption key "${keyId}" is missing: ${records} stored secrets cannot be opened, and their apps are not called`;
    return reason('ENCRYPTION_KEY_MISSING', 'unhealthy', message, records, 1);
  });
}

function rateReasons({ calls, successes }: Snapshot): Reason[] {
  const { successRate, minCalls } = THRESHOLDS;
  if (calls < minCalls) return [];
  const rate = Math.round((10_000 * successes) / calls) / 100;
  if (rate >= successRate.degraded) return [];
  const severity = rate < successRate.unhealthy ? 'unhealthy' : 'degraded';
  const message = `${rate} % of the ${calls} calls of the last hour succeeded`;
  return [reason('SUCCESS_RATE_LOW', severity, message, rate, successRate[severity])];
}

function backlogReasons({ deadLetters, waiting, oldestWaitingMs }: Snapshot): Reason[] {
  const seconds = Math.floor(oldestWaitingMs / 1000);
  return [
    ...moreThan(
      'DEAD_LETTERS_WAITING',
      deadLetters,
      THRESHOLDS.deadLetters,
      `${deadLetters} dead letters wait for a person`,
    ),
    ...from('QUEUE_DEEP', waiting, THRESHOLDS.waiting, `${waiting} deliveries are due and wait for a worker`),
    ...from(
      'QUEUE_LATE',
      oldestWaitingMs,
      THRESHOLDS.lateMs,
      `a delivery has been due for ${seconds} s and was not sent`,
    ),
  ];
}

function appReasons({ activeApps, unhealthyApps, openBreakers }: Snapshot): Reason[] {
  const { minApps, unhealthy } = THRESHOLDS.unhealthyApps;
  const percent = activeApps === 0 ? 0 : Math.round((100 * unhealthyApps.length) / activeApps);
  const many = `${unhealthyApps.length} of ${activeApps} apps are unhealthy: check the network and the name servers first`;
  return [
    ...(activeApps >= minApps && percent >= unhealthy
      ? [reason('MANY_APPS_UNHEALTHY', 'unhealthy', many, percent, unhealthy)]
      : []),
    ...openBreakers.map(({ appId, capability }) => ({
      ...reason(
        'CIRCUIT_OPEN',
        'degraded',
        `the circuit breaker of ${appId}/${capability} is not closed`,
        1,
        1,
      ),
      appId,
      capability,
    })),
    ...unhealthyApps.map(({ appId, failures }) => ({
      ...reason(
        'APP_UNHEALTHY',
        'degraded',
        `${appId} failed ${failures} health checks in a row`,
        failures,
        3,
      ),
      appId,
    })),
  ];
}

function noticeReasons({ firingAlerts, failedNotifications }: Snapshot): Reason[] {
  const gaveUp = `${failedNotifications} notifications of the last 24 h could not be delivered`;
  return [
    ...firingAlerts.map(({ name, appId, capability, value, threshold }) => ({
      ...reason('ALERT_FIRING', 'degraded', `the alert rule "${name}" fires`, value, threshold),
      appId,
      capability,
    })),
    ...from('NOTIFICATIONS_FAILED', failedNotifications, { degraded: 1, unhealthy: Infinity }, gaveUp),
  ];
}

type Bounds = Readonly<{ degraded: number; unhealthy: number }>;

function moreThan(code: ReasonCode, value: number, bounds: Bounds, message: string): Reason[] {
  if (value <= bounds.degraded) return [];
  const severity = value > bounds.unhealthy ? 'unhealthy' : 'degraded';
  return [reason(code, severity, message, value, bounds[severity])];
}

function from(code: ReasonCode, value: number, at: Bounds, message: string): Reason[] {
  if (value < at.degraded) return [];
  const severity = value >= at.unhealthy ? 'unhealthy' : 'degraded';
  return [reason(code, severity, message, value, at[severity])];
}

function reason(
  code: ReasonCode,
  severity: Reason['severity'],
  message: string,
  value: number,
  threshold: number,
): Reason {
  return { code, severity, message, appId: null, capability: null, value, threshold };
}
