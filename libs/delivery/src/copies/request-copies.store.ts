import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

/** What the request of a delivery is made of. */
export interface CopiedRow {
  id: string;
  endpointId: string;
  kind: 'invocation' | 'event';
  mode: 'sync' | 'async';
  /** Of a call its capability. */
  eventType: string;
  requestId: string;
  /** Of a call; an event has its own. */
  body: Buffer;
  contentType: string;
  timeoutMs: number;
  eventId: string | null;
  targetUrl: string | null;
  [column: string]: unknown;
}

const COLUMNS = `id, endpoint_id AS "endpointId", kind, mode, COALESCE(event_type, capability) AS "eventType",
  request_id AS "requestId", body, content_type AS "contentType", timeout_ms AS "timeoutMs", event_id AS "eventId",
  target_url AS "targetUrl"`;

// Index: deliveries_event_id_endpoint_id_idx. Replays are not of the event as it came.
const OF_EVENT = `
SELECT ${COLUMNS} FROM deliveries WHERE event_id = $1 AND app_id = $2 AND replay_of IS NULL ORDER BY id LIMIT $3`;

// Index: deliveries_pkey.
const ONE = `SELECT ${COLUMNS} FROM deliveries WHERE id = $1 AND app_id = $2`;

// Index: events_pkey.
const IS_PENDING = 'SELECT fan_out_at IS NOT NULL AS "isPending" FROM events WHERE id = $1';

@Injectable()
export class RequestCopiesStore {
  constructor(private readonly database: Database) {}

  /** Whether deliveries of an event are still to be made. */
  async isPending(eventId: string): Promise<boolean> {
    const [row] = await this.database.query<{ isPending: boolean }>({ text: IS_PENDING }, [eventId]);
    return row?.isPending ?? false;
  }

  async ofEvent(appId: string, eventId: string, limit: number): Promise<CopiedRow[]> {
    return this.database.query<CopiedRow>({ text: OF_EVENT }, [eventId, appId, limit]);
  }

  async one(appId: string, id: string): Promise<CopiedRow | null> {
    const [row] = await this.database.query<CopiedRow>({ text: ONE }, [id, appId]);
    return row ?? null;
  }
}
