import { Injectable } from '@nestjs/common';
import { Database, isId, LARGEST_ID, smallestIdAt } from '@breakwater/platform';
import type { StoredEvent } from '../directory/matchable-event.js';

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

// Only the conditions that are asked for are in the text: PostgreSQL would expect that conditions which may be absent
// leave an event or two, and read and sort the whole range for each page. Indexes: events_pkey, events_app_id_id_idx,
// events_type_id_idx. An event whose deliveries are not all created yet is left out: its fan-out will reach the rest.
const page = (conditions: readonly string[], limit: number): string => `
SELECT id, "appId", type, body, headers, metadata FROM (
  SELECT v.id, v.app_id AS "appId", v.type, v.body, v.headers, v.metadata, row_number() OVER (ORDER BY v.id) AS place,
    sum(octet_length(v.body)) OVER (ORDER BY v.id) AS bytes
  FROM (
    SELECT * FROM events WHERE id >= $1::uuid AND id < $2::uuid AND fan_out_at IS NULL ${conditions.join(' ')}
    ORDER BY id LIMIT ${limit}
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
    const end = to ? aroundId(to, CLOCKS_DIFFER_MS) : LARGEST_ID;
    const values: unknown[] = [start !== null && start > first ? start : first, end];
    const given = (condition: string, value: unknown): string[] => {
      if (value === undefined || value === null) return [];
      values.push(value);
      return [`AND ${condition.replaceAll('?', `$${values.length}`)}`];
    };
    const conditions = [
      ...given('created_at >= ?', from),
      ...given('created_at < ?', to),
      ...given('app_id = ?', appId),
      ...given('type = ANY (?)', types),
      ...given('(app_id IS NULL OR app_id = ?)', as),
    ];
    const text = page(conditions, eventId === undefined ? limit : 1);
    return this.database.queryAs<ReplayableEvent>(as, text, values);
  }
}

function aroundId(at: Date, byMs: number): string {
  return smallestIdAt(new Date(Math.max(0, at.getTime() + byMs)));
}
