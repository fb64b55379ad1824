import { Injectable } from '@nestjs/common';
import { Database, LARGEST_ID } from '@breakwater/platform';
import type { BulkCandidate, BulkFilter } from './bulk.js';
import type { ReplayHistory, ReplayPair } from './replay.js';

/** Rows of a page. A constant, so that PostgreSQL plans for few rows. */
export const PAGE_ROWS = 500;

const FIRST = `'00000000-0000-0000-0000-000000000000'`;
const LAST = `'${LARGEST_ID}'`;

// The next rows are found by the index alone, and the filter is judged for each: PostgreSQL expects that a filter of
// parameters leaves a row or two, and would read and sort everything for each page. Index:
// webhook_dead_letter_queue_pkey. An id never changes, so no dead letter is read twice.
const deadLetters = (subject: 'id' | 'delivery_id'): string => `
SELECT q.id AS position, q.${subject} AS "subjectId", q.endpoint_id AS "endpointId", q.app_id AS "appId",
  COALESCE(q.event_type, q.capability) AS type,
  ($3::text IS NULL OR q.capability = $3) AND ($4::uuid IS NULL OR q.endpoint_id = $4)
    AND ($5::text IS NULL OR q.category = $5) AND ($6::text IS NULL OR q.reason = $6)
    AND ($7::timestamptz IS NULL OR q.failed_at >= $7) AND ($8::timestamptz IS NULL OR q.failed_at < $8)
    AND ($2::text IS NULL OR q.app_id = $2) AS "isWanted"
FROM (
  SELECT * FROM webhook_dead_letter_queue
  WHERE resolved_at IS NULL AND id > COALESCE($1::uuid, ${FIRST}) ORDER BY id LIMIT ${PAGE_ROWS}
) q ORDER BY q.id`;
const LETTERS = deadLetters('id');
const DELIVERIES_OF_LETTERS = deadLetters('delivery_id');

// The same. Index: deliveries_pending_idx. Deliveries that are accepted after the operation was created are left out.
const WAITING = `
SELECT d.endpoint_id || ' ' || d.id AS position, d.id AS "subjectId", d.endpoint_id AS "endpointId", d.app_id AS "appId",
  COALESCE(d.event_type, d.capability) AS type,
  ($5::text IS NULL OR d.capability = $5) AND ($7::timestamptz IS NULL OR d.created_at >= $7)
    AND ($8::timestamptz IS NULL OR d.created_at < $8) AND ($4::text IS NULL OR d.app_id = $4) AS "isWanted"
FROM (
  SELECT * FROM deliveries
  WHERE status = 'pending' AND (endpoint_id, id) > (COALESCE($1::uuid, $6, ${FIRST}), COALESCE($2::uuid, ${FIRST}))
    AND id <= $3::uuid AND endpoint_id BETWEEN COALESCE($6::uuid, ${FIRST}) AND COALESCE($6::uuid, ${LAST})
  ORDER BY endpoint_id, id LIMIT ${PAGE_ROWS}
) d ORDER BY d.endpoint_id, d.id`;

// Index: deliveries_event_id_endpoint_id_idx. The first id is that of the original.
export const HISTORY = `
SELECT d.event_id AS "eventId", d.endpoint_id AS "endpointId", min(d.id::text) AS "firstId",
  bool_or(d.status = 'completed') AS "isCompleted", bool_or(d.status = 'pending') AS "isPending",
  bool_or(d.status = 'dead_letter') AS "isDead"
FROM deliveries d JOIN unnest($1::uuid[], $2::uuid[]) AS g(event_id, endpoint_id)
  ON d.event_id = g.event_id AND d.endpoint_id = g.endpoint_id
GROUP BY 1, 2`;

/** A row in the order of reading; the filter may not want it. */
export type Placed = BulkCandidate & { position: string; isWanted: boolean };

/** Reads what bulk operations may change, for an app under row-level security, or for the platform (`as` null). */
@Injectable()
export class BulkSourceStore {
  constructor(private readonly database: Database) {}

  /** Unresolved dead letters, or their deliveries, ordered by id. @param after the last id of the previous page */
  async deadLetters(
    of: 'letter' | 'delivery',
    { filter, after, as }: { filter: BulkFilter; after: string | null; as: string | null },
  ): Promise<Placed[]> {
    const { appId, capability, endpointId, category, reason, from, to } = filter;
    const text = of === 'letter' ? LETTERS : DELIVERIES_OF_LETTERS;
    return this.database.queryAs<Placed>(as, text, [
      after,
      as ?? appId ?? null,
      capability ?? null,
      endpointId ?? null,
      category ?? null,
      reason ?? null,
      from ?? null,
      to ?? null,
    ]);
  }

  /** Waiting deliveries, ordered by endpoint and id. @param until the largest id */
  async waiting({
    filter,
    after,
    until,
    as,
  }: {
    filter: BulkFilter;
    after: { endpointId: string; id: string } | null;
    until: string;
    as: string | null;
  }): Promise<Placed[]> {
    const { appId, capability, endpointId, from, to } = filter;
    return this.database.queryAs<Placed>(as, WAITING, [
      after?.endpointId ?? null,
      after?.id ?? null,
      until,
      as ?? appId ?? null,
      capability ?? null,
      endpointId ?? null,
      from ?? null,
      to ?? null,
    ]);
  }

  /** The deliveries of each pair that has some. */
  async histories(pairs: readonly ReplayPair[], as: string | null): Promise<ReplayHistory[]> {
    const values = [pairs.map(({ eventId }) => eventId), pairs.map(({ endpointId }) => endpointId)];
    return pairs.length === 0 ? [] : this.database.queryAs<ReplayHistory>(as, HISTORY, values);
  }
}
