import { Injectable } from '@nestjs/common';
import { Database, LARGEST_ID, smallestIdAt } from '@breakwater/platform';

/** An event of the past, without its body. */
export interface PastEvent {
  id: string;
  type: string;
  createdAt: Date;
  headers: Record<string, string> | null;
  metadata: Record<string, unknown> | null;
  /** Length of its body. */
  bytes: number;
}

const COLUMNS = `id, type, created_at AS "createdAt", headers, metadata, octet_length(body) AS bytes`;

// Index: events_app_id_id_idx, once for the app and once for the platform.
const PAGE = `
SELECT * FROM (
  (SELECT ${COLUMNS} FROM events WHERE app_id = $1 AND id >= $2::uuid AND id < $3::uuid ORDER BY id DESC LIMIT $4)
  UNION ALL
  (SELECT ${COLUMNS} FROM events WHERE app_id IS NULL AND id >= $2::uuid AND id < $3::uuid ORDER BY id DESC LIMIT $4)
) page ORDER BY id DESC LIMIT $4`;

// Index: events_pkey.
const BODIES = 'SELECT id, body FROM events WHERE id = ANY ($1::uuid[])';

/** Reads the events that a subscription of an app could get: those of the app, and those of the platform. */
@Injectable()
export class PastEventStore {
  constructor(private readonly database: Database) {}

  /** Newest first. @param before the last id of the previous page */
  async page(appId: string, since: Date, before: string | undefined, limit: number): Promise<PastEvent[]> {
    const values = [appId, smallestIdAt(since), before ?? LARGEST_ID, limit];
    return this.database.query<PastEvent>({ name: 'past_events', text: PAGE }, values);
  }

  async bodies(ids: readonly string[]): Promise<Map<string, Buffer>> {
    const statement = { name: 'past_bodies', text: BODIES };
    const rows = await this.database.query<{ id: string; body: Buffer }>(statement, [ids]);
    return new Map(rows.map(({ id, body }) => [id, body]));
  }
}
