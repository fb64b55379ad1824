import { Injectable } from '@nestjs/common';
import { Database, newId } from '@breakwater/platform';
import type { CheckResult } from '../checks/check.js';
import type { RunRow, RunState, Target } from './conformance-run.js';

/** Longest wait for one statement, ms. */
const WITHIN_MS = 5_000;

/** Runs of an app that stay when newer ones are made, not counting those that are kept. */
export const RUNS_MAX = 20;
/** Runs of an app that may be kept. */
export const KEPT_MAX = 100;

export interface NewRun {
  appId: string;
  target: Target;
  kept: boolean;
  createdBy: string;
}

// Nobody works on a run of this age any more: a run ends within a minute.
const IS_OVER = `state = 'running' AND started_at < now() - interval '2 minutes'`;

const COLUMNS = `id, app_id AS "appId", target_kind AS "targetKind", target,
  CASE WHEN ${IS_OVER} THEN 'interrupted' ELSE state END AS state,
  kept, results, created_by AS "createdBy", started_at AS "startedAt", ended_at AS "endedAt"`;

// Index: conformance_runs_running_idx
const END_OLD = `UPDATE conformance_runs SET state = 'interrupted', ended_at = now() WHERE app_id = $1 AND ${IS_OVER}`;

const INSERT = `
INSERT INTO conformance_runs (id, app_id, target_kind, target, kept, created_by)
SELECT $1::uuid, app.id, $3, $4, $5, $6 FROM apps app WHERE app.id = $2 FOR KEY SHARE
ON CONFLICT (app_id) WHERE state = 'running' DO NOTHING
RETURNING ${COLUMNS}`;

// Index: conformance_runs_app_id_id_idx
const PRUNE = `
DELETE FROM conformance_runs WHERE id IN (
  SELECT id FROM (
    SELECT id, row_number() OVER (PARTITION BY kept ORDER BY id DESC) AS place, kept
    FROM conformance_runs WHERE app_id = $1 AND state <> 'running') AS run
  WHERE place > CASE WHEN kept THEN $3::integer ELSE $2::integer END)`;

const PROGRESS = `UPDATE conformance_runs SET results = $2::jsonb WHERE id = $1 AND state = 'running'`;

const END = `
UPDATE conformance_runs SET state = $2, results = $3::jsonb, ended_at = now() WHERE id = $1 AND state = 'running'`;

const GET = `SELECT ${COLUMNS} FROM conformance_runs WHERE app_id = $1 AND id = $2`;

// Index: conformance_runs_app_id_id_idx
const LIST = `SELECT ${COLUMNS} FROM conformance_runs WHERE app_id = $1 ORDER BY id DESC`;

@Injectable()
export class ConformanceRunStore {
  constructor(private readonly database: Database) {}

  /** Starts a run, and removes the oldest beyond {@link RUNS_MAX}. @returns null while another one of the app runs */
  async start({ appId, target, kept, createdBy }: NewRun): Promise<RunRow | null> {
    await this.rows(END_OLD, [appId]);
    const [row] = await this.rows<RunRow>(INSERT, [
      newId(),
      appId,
      target.kind,
      target.name,
      kept,
      createdBy,
    ]);
    if (row) await this.rows(PRUNE, [appId, RUNS_MAX - 1, KEPT_MAX]);
    return row ?? null;
  }

  async progress(id: string, results: readonly CheckResult[]): Promise<void> {
    await this.rows(PROGRESS, [id, JSON.stringify(results)]);
  }

  async end(id: string, state: RunState, results: readonly CheckResult[]): Promise<void> {
    await this.rows(END, [id, state, JSON.stringify(results)]);
  }

  /** @returns null where the app has no such run */
  async get(appId: string, id: string): Promise<RunRow | null> {
    return (await this.rows<RunRow>(GET, [appId, id]))[0] ?? null;
  }

  /** Newest first. They are few: {@link RUNS_MAX} and {@link KEPT_MAX}. */
  async list(appId: string): Promise<RunRow[]> {
    return this.rows<RunRow>(LIST, [appId]);
  }

  private async rows<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    return this.database.query<Row>({ text }, values, { withinMs: WITHIN_MS });
  }
}
