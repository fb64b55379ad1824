import type { WindowCounts } from '@breakwater/metrics';
import { EACH_CAPABILITY, TYPE_TRAITS, type AlertRule, type Subject } from './alert-rule.js';

/** A rule's value for one subject now. */
export interface Measurement extends Subject {
  value: number;
  /** Number of calls it was computed from; null for the current state. */
  samples: number | null;
}

export interface Counted {
  appId: string;
  capability: string;
  count: number;
}

/** The current state. What is not listed is zero. */
export interface Gauges {
  deadLetters: readonly Counted[];
  /** Due, and not claimed yet. */
  waiting: readonly Counted[];
  /** 1 for each breaker that is not closed. */
  openBreakers: readonly Counted[];
  failedChecks: readonly { appId: string; failures: number }[];
}

/**
 * The value of a rule for each of its subjects. Without anything to count there is no subject.
 * @param counts of the rule's window
 */
export function measure(
  rule: Pick<AlertRule, 'type' | keyof Subject>,
  counts: readonly WindowCounts[],
  gauges: Gauges,
): Measurement[] {
  switch (rule.type) {
    case 'success_rate':
      return inScope(rule, counts).map((row) => of(row, (100 * row.successes) / row.calls, row.calls));
    case 'response_time':
      return inScope(rule, counts)
        .map((row) => of(row, row.p95Ms ?? NaN, row.calls))
        .filter(isMade);
    case 'avg_attempts':
      return inScope(rule, counts)
        .map((row) => of(row, row.endedAttempts / row.ended, row.ended))
        .filter(isMade);
    case 'dlq_size':
      return summed(rule, gauges.deadLetters);
    case 'queue_depth':
      return summed(rule, gauges.waiting);
    case 'circuit_open':
      return summed({ ...rule, capability: rule.capability ?? EACH_CAPABILITY }, gauges.openBreakers);
    case 'app_health':
      return gauges.failedChecks
        .filter(({ appId }) => rule.appId === null || rule.appId === appId)
        .map(({ appId, failures }) => ({ appId, capability: null, value: failures, samples: null }));
  }
}

/** Sums by subject: without an app and a capability in the rule, of the whole installation. */
function summed(scope: Subject, rows: readonly Counted[]): Measurement[] {
  const isOverall = scope.appId === null && scope.capability === null;
  const sums = new Map<string, Measurement>();
  for (const { count, ...row } of rows) {
    if (scope.appId !== null && scope.appId !== row.appId) continue;
    if (
      scope.capability !== null &&
      scope.capability !== EACH_CAPABILITY &&
      scope.capability !== row.capability
    )
      continue;
    const appId = isOverall ? null : row.appId;
    const capability = scope.capability === null ? null : row.capability;
    const key = `${appId ?? ''} ${capability ?? ''}`;
    const sum = sums.get(key) ?? { appId, capability, value: 0, samples: null };
    sums.set(key, { ...sum, value: sum.value + count });
  }
  return [...sums.values()];
}

function inScope(scope: Subject, rows: readonly WindowCounts[]): WindowCounts[] {
  return rows.filter(
    ({ appId, capability, calls }) =>
      calls > 0 &&
      (scope.appId === null || scope.appId === appId) &&
      (scope.capability === EACH_CAPABILITY ? capability !== null : scope.capability === capability),
  );
}

function of({ appId, capability }: WindowCounts, value: number, samples: number): Measurement {
  return { appId, capability, value, samples };
}

function isMade({ value }: Measurement): boolean {
  return Number.isFinite(value);
}

/** Whether a rule needs the counts of its window. */
export function needsCounts({ type }: Pick<AlertRule, 'type'>): boolean {
  return TYPE_TRAITS[type].sampled;
}
