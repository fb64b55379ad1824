import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** A process. */
export interface Beat {
  id: string;
  /** api, worker or standalone. */
  role: string;
  host: string;
  pid: number;
  version: string;
  /** Calls that it makes at once at most, and now; null: it makes none. */
  slots: number | null;
  slotsInUse: number | null;
}

export interface ProcessView extends Beat {
  startedAt: Date;
  lastSeenAt: Date;
  /** It was seen lately. */
  alive: boolean;
}

/** A process writes its row this often, ms. */
export const BEAT_MS = 5_000;
/** One that was not seen for this long counts as gone, s. */
const GONE_AFTER_S = 20;
/** Its row is removed after this, so that people see what went away, hours. */
const FORGOTTEN_AFTER_H = 24;

// Index: heartbeats_pkey. Rows of processes that are long gone are removed by the others.
const BEAT = `
WITH forgotten AS (
  DELETE FROM heartbeats WHERE seen_at < now() - interval '${FORGOTTEN_AFTER_H} hours' AND id <> $1
)
INSERT INTO heartbeats (id, role, host, pid, version, slots, slots_in_use) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET seen_at = now(), slots_in_use = EXCLUDED.slots_in_use`;

const END = 'DELETE FROM heartbeats WHERE id = $1';

// The whole table, which has a row for each process.
const LIST = `
SELECT id, role, host, pid, version, started_at AS "startedAt", seen_at AS "lastSeenAt", slots, slots_in_use AS "slotsInUse",
  seen_at > now() - interval '${GONE_AFTER_S} seconds' AS alive
FROM heartbeats ORDER BY role, host, started_at, id`;

const WORKERS = `
SELECT count(*) FILTER (WHERE seen_at > now() - interval '${GONE_AFTER_S} seconds') AS alive, max(seen_at) AS "lastHeartbeatAt"
FROM heartbeats WHERE slots IS NOT NULL`;

@Injectable()
export class HeartbeatStore {
  constructor(private readonly database: Database) {}

  async beat({ id, role, host, pid, version, slots, slotsInUse }: Beat): Promise<void> {
    const values = [id, role, host.slice(0, 255), pid, version, slots, slotsInUse];
    await this.database.query({ name: 'heartbeat', text: BEAT }, values);
  }

  /** The process stops. */
  async end(id: string): Promise<void> {
    await this.database.query({ text: END }, [id]);
  }

  async list(): Promise<ProcessView[]> {
    return this.database.query<ProcessView & Record<string, unknown>>({ text: LIST });
  }

  async workers(): Promise<{ alive: number; lastHeartbeatAt: Date | null }> {
    const [row] = await this.database.query<{ alive: number; lastHeartbeatAt: Date | null }>({
      text: WORKERS,
    });
    return row!;
  }
}
