import { Injectable } from '@nestjs/common';
import { Database, newId } from '@breakwater/platform';

/** Which waiting deliveries; an absent field matches all. */
export interface CancelFilter {
  appId?: string;
  capability?: string;
  endpointId?: string;
  eventType?: string;
  /** At least and at most this old, ms. */
  minAgeMs?: number;
  maxAgeMs?: number;
}

/** Rows that one statement takes. */
const BULK = 1_000;

// Index: deliveries_pending_idx, from each endpoint's oldest on. $2 leaves out what is accepted while it
// runs.
const WAITING = `
SELECT d.id, d.endpoint_id FROM deliveries d
WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.claim_token IS NULL AND d.id <= $2::uuid
  AND ($3::text IS NULL OR d.event_type = $3)
  AND ($4::float8 IS NULL OR d.created_at <= now() - make_interval(secs => $4 / 1000))
  AND ($5::float8 IS NULL OR d.created_at >= now() - make_interval(secs => $5 / 1000))`;

const COUNT = `SELECT count(*) FROM unnest($1::uuid[]) AS e(id) CROSS JOIN LATERAL (${WAITING}) waiting`;

const CANCEL = `
WITH picked AS (
  SELECT waiting.id FROM unnest($1::uuid[]) AS e(id)
  CROSS JOIN LATERAL (${WAITING} ORDER BY d.id LIMIT ${BULK} FOR UPDATE SKIP LOCKED) waiting LIMIT ${BULK}
), cancelled AS (
  UPDATE deliveries d SET status = 'cancelled', finished_at = now(), next_attempt_at = NULL, enqueued_at = NULL,
    wait_reason = NULL
  FROM picked WHERE d.id = picked.id
  RETURNING d.id, d.endpoint_id
), noted AS (
  INSERT INTO delivery_notes (delivery_id, kind, actor) SELECT id, 'cancelled', $6::text FROM cancelled
)
SELECT endpoint_id AS "endpointId", count(*) FROM cancelled GROUP BY 1`;

// Index: endpoints_app_id_capability_key.
const ENDPOINTS = `
SELECT id FROM endpoints
WHERE ($1::text IS NULL OR app_id = $1) AND ($2::text IS NULL OR capability = $2) AND ($3::uuid IS NULL OR id = $3)`;

/** Cancels waiting deliveries, many at a time. A delivery whose call is in progress is not changed. */
@Injectable()
export class CancelStore {
  constructor(private readonly database: Database) {}

  /** @param as the app whose key is used; null is the platform itself */
  async count(filter: CancelFilter, as: string | null): Promise<number> {
    const values = await this.valuesOf(filter);
    const [row] = await this.database.queryAs<{ count: number }>(as, COUNT, values);
    return row!.count;
  }

  /** @returns how many were cancelled of each endpoint */
  async cancel(filter: CancelFilter, actor: string, as: string | null): Promise<Map<string, number>> {
    const values = [...(await this.valuesOf(filter)), actor];
    const cancelled = new Map<string, number>();
    for (;;) {
      const rows = await this.database.queryAs<{ endpointId: string; count: number }>(as, CANCEL, values);
      if (rows.length === 0) return cancelled;
      for (const { endpointId, count } of rows)
        cancelled.set(endpointId, (cancelled.get(endpointId) ?? 0) + count);
    }
  }

  private async valuesOf({
    appId,
    capability,
    endpointId,
    eventType,
    minAgeMs,
    maxAgeMs,
  }: CancelFilter): Promise<unknown[]> {
    const endpoints = await this.database.query<{ id: string }>({ text: ENDPOINTS }, [
      appId ?? null,
      capability ?? null,
      endpointId ?? null,
    ]);
    const ids = endpoints.map(({ id }) => id);
    return [ids, newId(), eventType ?? null, minAgeMs ?? null, maxAgeMs ?? null];
  }
}
