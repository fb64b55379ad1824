import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

export interface NewListener {
  id: string;
  appId: string;
  /** Whose calls it answers; empty: all of the app. */
  capabilities: readonly string[];
  /** False: it gets events only. */
  answersCalls: boolean;
  processId: string;
  startedBy: string;
}

export interface ListenerView {
  id: string;
  appId: string;
  capabilities: string[];
  answersCalls: boolean;
  startedBy: string;
  startedAt: Date;
  /** Unless it renews its lease. */
  expiresAt: Date;
}

/** Without a sign of life for so long, a listener is over, ms. */
export const LEASE_MS = 15_000;

// Leases that ended without a goodbye are removed by those who begin. Index: the whole table, which has a row for each
// developer who listens now.
const START = `
WITH forgotten AS (
  DELETE FROM listeners WHERE expires_at < now() - interval '1 minute'
), forgotten_calls AS (
  DELETE FROM listener_calls WHERE deadline < now() - interval '1 minute'
)
INSERT INTO listeners (id, app_id, capabilities, answers_calls, process_id, started_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + interval '${LEASE_MS} ms')`;

// Index: listeners_pkey, listeners_app_id_idx.
const RENEW = `
UPDATE listeners AS l SET expires_at = now() + interval '${LEASE_MS} ms'
WHERE l.id = $1 AND l.expires_at > now()
RETURNING (SELECT n.started_by FROM listeners n
  WHERE n.app_id = l.app_id AND n.answers_calls AND n.expires_at > now() AND n.id <> l.id AND n.started_at >= l.started_at
  ORDER BY n.started_at DESC LIMIT 1) AS "laterBy"`;

// Those who wait for its answers are told at once; the calls go with the row.
const END = `
WITH ended AS (DELETE FROM listeners WHERE id = $1 RETURNING app_id)
SELECT (SELECT app_id FROM ended) AS "appId",
  (SELECT count(pg_notify('listener_answer', c.caller_process_id || ':' || c.id)) FROM listener_calls c
    WHERE c.listener_id = $1) AS told`;

const LIST = `
SELECT id, app_id AS "appId", capabilities, answers_calls AS "answersCalls", started_by AS "startedBy",
  started_at AS "startedAt", expires_at AS "expiresAt"
FROM listeners WHERE expires_at > now() AND ($1::text IS NULL OR app_id = $1)
ORDER BY started_at DESC, id DESC LIMIT $2`;

/** The leases of those who listen. */
@Injectable()
export class ListenerStore {
  constructor(private readonly database: Database) {}

  async start({ id, appId, capabilities, answersCalls, processId, startedBy }: NewListener): Promise<void> {
    const values = [id, appId, capabilities, answersCalls, processId, startedBy.slice(0, 255)];
    await this.database.query({ text: START }, values);
  }

  /** Null where the lease is over. `laterBy`: who began later and gets the calls. */
  async renew(id: string): Promise<{ laterBy: string | null } | null> {
    const [row] = await this.database.query<{ laterBy: string | null }>(
      { name: 'listener_renew', text: RENEW },
      [id],
    );
    return row ?? null;
  }

  async end(id: string): Promise<void> {
    await this.database.query({ text: END }, [id]);
  }

  /** Those that listen now, the latest first. */
  async list(appId: string | null, limit: number): Promise<ListenerView[]> {
    return this.database.query<ListenerView & Record<string, unknown>>({ text: LIST }, [appId, limit]);
  }
}
