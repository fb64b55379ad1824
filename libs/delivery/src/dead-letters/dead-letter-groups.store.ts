import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { DeadLetterFilter } from './dead-letter.store.js';

/** Unresolved dead letters of one endpoint with the same error class. */
export interface DeadLetterGroup {
  appId: string;
  capability: string;
  endpointId: string;
  /** Null: no call failed. */
  errorClass: string | null;
  count: number;
  firstFailedAt: Date;
  lastFailedAt: Date;
}

export interface DeadLetterGroupFilter extends Omit<DeadLetterFilter, 'state'> {
  state?: 'unresolved' | 'requeued';
  /** The last one seen. */
  after?: Pick<DeadLetterGroup, 'count' | 'endpointId' | 'errorClass'>;
  limit: number;
}

// Index: webhook_dead_letter_queue_groups_idx, in its order and without the rows.
const GROUPS = `
SELECT app_id AS "appId", capability, endpoint_id AS "endpointId", error_class AS "errorClass", count(*) AS count,
  min(failed_at) AS "firstFailedAt", max(failed_at) AS "lastFailedAt"
FROM webhook_dead_letter_queue
WHERE resolved_at IS NULL AND ($1::text IS NULL OR app_id = $1) AND ($2::text IS NULL OR capability = $2)
  AND ($3::text IS NULL OR error_class = $3) AND ($4::text IS NULL OR category = $4) AND ($5::text IS NULL OR reason = $5)
  AND ($6::text IS NULL OR event_type = $6 OR (event_type IS NULL AND capability = $6))
  AND ($7::float8 IS NULL OR failed_at <= now() - make_interval(secs => $7::float8 / 1000))
  AND ($8::float8 IS NULL OR failed_at >= now() - make_interval(secs => $8::float8 / 1000))
  AND (NOT $9::boolean OR requeued_at > failed_at)
GROUP BY app_id, capability, error_class, endpoint_id
HAVING $10::bigint IS NULL OR (-count(*), endpoint_id, COALESCE(error_class, '')) > (-$10::bigint, $11::uuid, $12::text)
ORDER BY -count(*), endpoint_id, COALESCE(error_class, '') LIMIT $13`;

/** Reads for an app, under row-level security, or for the platform (`as` null). */
@Injectable()
export class DeadLetterGroupsStore {
  constructor(private readonly database: Database) {}

  /** The largest first. */
  async list(filter: DeadLetterGroupFilter, as: string | null): Promise<DeadLetterGroup[]> {
    const { appId, capability, errorClass, category, reason, eventType, minAgeMs, maxAgeMs, after } = filter;
    return this.database.listAs<DeadLetterGroup & Record<string, unknown>>(as, GROUPS, [
      appId ?? null,
      capability ?? null,
      errorClass ?? null,
      category ?? null,
      reason ?? null,
      eventType ?? null,
      minAgeMs ?? null,
      maxAgeMs ?? null,
      filter.state === 'requeued',
      after?.count ?? null,
      after?.endpointId ?? null,
      after?.errorClass ?? '',
      filter.limit,
    ]);
  }
}
