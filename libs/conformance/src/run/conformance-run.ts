import type { CheckResult } from '../checks/check.js';

export const RUN_STATES = ['running', 'passed', 'failed', 'interrupted'] as const;
/** `interrupted`: the process that made it ended, or it took too long. */
export type RunState = (typeof RUN_STATES)[number];

export interface Target {
  kind: 'capability' | 'subscription';
  name: string;
}

/** A run without its results. */
export interface ConformanceRunSummary {
  id: string;
  appId: string;
  target: Target;
  state: RunState;
  /** Neither the number of runs nor their age removes it. */
  kept: boolean;
  /** Checks that passed, failed and were skipped so far, and how many there are. */
  passed: number;
  failed: number;
  skipped: number;
  total: number;
  createdBy: string;
  startedAt: Date;
  endedAt: Date | null;
}

export interface ConformanceRun extends ConformanceRunSummary {
  /** In the order of the checks; of a run that is not over those that are. */
  results: CheckResult[];
}

/** The row of a run. */
export interface RunRow {
  id: string;
  appId: string;
  targetKind: string;
  target: string;
  state: string;
  kept: boolean;
  results: CheckResult[];
  createdBy: string;
  startedAt: Date;
  endedAt: Date | null;
}

/** @param total number of checks of a whole run */
export function runOf(row: RunRow, total: number): ConformanceRun {
  const { id, appId, kept, results, createdBy, startedAt, endedAt } = row;
  const count = (state: string): number => results.filter((result) => result.state === state).length;
  return {
    id,
    appId,
    target: { kind: row.targetKind as Target['kind'], name: row.target },
    state: row.state as RunState,
    kept,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    total,
    createdBy,
    startedAt,
    endedAt,
    results,
  };
}

export function summaryOf({ results: _results, ...summary }: ConformanceRun): ConformanceRunSummary {
  return summary;
}
