import { Injectable } from '@nestjs/common';
import { Database, LARGEST_ID, smallestIdAt } from '@breakwater/platform';
import { HELD_UNTIL } from './held-until.js';

// The sources that have held events are found one by one in the index: there may be millions of events, and few
// sources. `IS NOT DISTINCT FROM`: with `=` the plan would read all held events by events_fan_out_at_idx for each batch.
// Rows are compared for the same reason. Another worker may have released one meanwhile.
// Indexes: events_held_idx, events_pkey, sources_pkey.
const RELEASE = `
WITH RECURSIVE held (source_id) AS (
  (SELECT e.source_id FROM events e WHERE e.fan_out_at = ${HELD_UNTIL} AND e.source_id IS NOT NULL
    ORDER BY e.source_id LIMIT 1)
  UNION ALL
  SELECT (SELECT e.source_id FROM events e WHERE e.fan_out_at = ${HELD_UNTIL} AND e.source_id > h.source_id
    ORDER BY e.source_id LIMIT 1)
  FROM held h WHERE h.source_id IS NOT NULL
), released AS (
  SELECT e.id FROM held h
  CROSS JOIN LATERAL (
    SELECT e.id FROM events e
    WHERE (e.source_id, e.id) >= (h.source_id, '${smallestIdAt(new Date(0))}')
      AND (e.source_id, e.id) <= (h.source_id, '${LARGEST_ID}') AND e.fan_out_at = ${HELD_UNTIL}
    ORDER BY e.source_id, e.id LIMIT $1
  ) e
  WHERE h.source_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM sources s WHERE s.id = h.source_id AND s.paused_at IS NOT NULL AND s.removed_at IS NULL)
  LIMIT $1
)
UPDATE events v SET fan_out_at = now()
WHERE v.id = ANY (ARRAY(SELECT id FROM released)) AND v.fan_out_at IS NOT DISTINCT FROM ${HELD_UNTIL}
RETURNING v.id`;

/** Releases the events of sources that were paused. */
@Injectable()
export class HeldEventStore {
  constructor(private readonly database: Database) {}

  /**
   * Makes some held events of sources that are not paused due.
   * @returns how many, at most `limit`
   */
  async release(limit: number): Promise<number> {
    const rows = await this.database.query<{ id: string }>({ name: 'release_held', text: RELEASE }, [limit]);
    return rows.length;
  }
}
