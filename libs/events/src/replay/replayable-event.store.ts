import { Injectable } from '@nestjs/common';
import { Database, isId, smallestIdAt } from '@breakwater/platform';
import type { StoredEvent } from '../directory/heard-event.js';

/** Which events; an absent field matches all. */
export interface EventRange {
  /** One event. */
  eventId?: string;
  appId?: string;
  /** Types without a pattern; with a pattern, the caller compares. */
  types: readonly string[] | null;
  from?: Date;
  to?: Date;
}

export interface ReplayableEvent extends StoredEvent {
  id: string;
  appId: string | null;
}

/** Maximum total size of the bodies of a page, bytes; a page has at least one event. */
const PAGE_BYTES = 8 * 1024 * 1024;
/** Maximum difference between the clocks of processes that create ids, ms. */
const CLOCKS_DIFFER_MS = 3_600_000;
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

// Index: events_pkey. An event whose deliveries are not all created yet is left out: its fan-out will reach the rest.
const PAGE = `
SELECT id, "appId", type, body, headers, metadata FROM (
  SELECT v.id, v.app_id AS "appId", v.type, v.body, v.headers, v.metadata, row_number() OVER (ORDER BY v.id) AS place,
    sum(octet_length(v.body)) OVER (ORDER BY v.id) AS bytes
  FROM (
    SELECT * FROM events
    WHERE id >= $1::uuid AND id < $2::uuid AND ($3::timestamptz IS NULL OR created_at >= $3)
      AND ($4::timestamptz IS NULL OR created_at < $4) AND ($5::text IS NULL OR app_id = $5)
      AND ($6::text[] IS NULL OR type = ANY ($6)) AND fan_out_at IS NULL AND ($8::text IS NULL OR app_id IS NULL OR app_id = $8)
    ORDER BY id LIMIT $7
  ) v
) page
WHERE place = 1 OR bytes <= ${PAGE_BYTES}
ORDER BY id`;

const FIND = `SELECT id FROM events WHERE id = $1::uuid AND ($2::text IS NULL OR app_id IS NULL OR app_id = $2)`;

/** Reads for an app with row-level security, or for the platform (`as` null). */
@Injectable()
export class ReplayableEventStore {
  constructor(private readonly database: Database) {}

  /** Whether there is such an event, and the reader may see it. */
  async has(id: string, as: string | null): Promise<boolean> {
    return isId(id) && (await this.database.queryAs(as, FIND, [id, as])).length === 1;
  }

  /**
   * Events ordered by id.
   * @param start the first id, or an id before it
   * @param limit maximum number; a page may be shorter because of the size of the bodies, but is empty only at the end
   */
  async page(
    { eventId, appId, types, from, to }: EventRange,
    { start, limit, as }: { start: string | null; limit: number; as: string | null },
  ): Promise<ReplayableEvent[]> {
    const first = eventId ?? (from ? aroundId(from, -CLOCKS_DIFFER_MS) : smallestIdAt(new Date(0)));
    const end = to ? aroundId(to, CLOCKS_DIFFER_MS) : LAST_ID;
    return this.database.queryAs<ReplayableEvent>(as, PAGE, [
      start !== null && start > first ? start : first,
      end,
      from ?? null,
      to ?? null,
      appId ?? null,
      types,
      eventId === undefined ? limit : 1,
      as,
    ]);
  }
}

function aroundId(at: Date, byMs: number): string {
  return smallestIdAt(new Date(Math.max(0, at.getTime() + byMs)));
}
