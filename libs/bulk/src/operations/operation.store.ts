import { Injectable } from '@nestjs/common';
import { Database, isId } from '@breakwater/platform';
import type { BulkKind, BulkOperation, BulkStatus, ItemResult, StoredFilter } from './bulk-operation.js';

export interface NewOperation {
  id: string;
  appId: string | null;
  kind: BulkKind;
  filter: StoredFilter;
  url: string | null;
  notes: string | null;
  perSecond: number;
  /** Whether it runs as soon as it is planned. */
  atOnce: boolean;
  createdBy: string;
  idempotencyKey: string | null;
}

export interface BulkItem {
  number: number;
  appId: string;
  endpointId: string;
  subjectId: string;
  /** Null: not done yet. */
  result: Exclude<ItemResult, 'waiting'> | null;
  reason: string | null;
  deliveryId: string | null;
  doneAt: Date | null;
}

/** What an operation does to one endpoint. */
export interface BulkEndpoint {
  endpointId: string;
  appId: string;
  capability: string;
  /** The name of the subscription; null: it is a capability. */
  subscription: string | null;
  items: number;
  /** The state of its breaker now: closed, open or half_open. */
  breaker: string;
  /** Why its deliveries wait: paused or disabled; `removed`: it gets nothing any more; null: they are sent. */
  hold: string | null;
}

/** Columns of an operation. */
export const OPERATION = `
o.id, o.app_id AS "appId", o.kind, o.status, o.filter, o.url, o.notes, o.per_second AS "perSecond", o.planned, o.done,
  o.succeeded, o.skipped, o.failed, o.error, o.created_by AS "createdBy", o.created_at AS "createdAt",
  o.started_by AS "startedBy", o.started_at AS "startedAt", o.finished_at AS "finishedAt"`;

/** Columns of an item. */
export const ITEM = `
i.number, i.app_id AS "appId", i.endpoint_id AS "endpointId", i.subject_id AS "subjectId", i.result, i.reason,
  i.delivery_id AS "deliveryId", i.done_at AS "doneAt"`;

const CREATE = `
INSERT INTO bulk_operations AS o (id, app_id, kind, filter, url, notes, per_second, at_once, created_by, idempotency_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (COALESCE(app_id, ''), idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
RETURNING ${OPERATION}`;

// Index: bulk_operations_idempotency_key
const OF_KEY = `
SELECT ${OPERATION} FROM bulk_operations o WHERE COALESCE(o.app_id, '') = $1 AND o.idempotency_key = $2`;

const FIND = `SELECT ${OPERATION} FROM bulk_operations o WHERE o.id = $1::uuid AND ($2::text IS NULL OR o.app_id = $2)`;

// Indexes: bulk_operations_pkey, bulk_operations_app_id_id_idx
const LIST = `
SELECT ${OPERATION} FROM bulk_operations o
WHERE ($1::text IS NULL OR o.app_id = $1) AND ($2::uuid IS NULL OR o.id < $2) AND ($3::text IS NULL OR o.kind = $3)
  AND ($4::text IS NULL OR o.status = $4)
ORDER BY o.id DESC LIMIT $5`;

// Index: bulk_items_pkey, or with a condition on the result bulk_items_result_idx
const items = (condition: string): string => `
SELECT ${ITEM} FROM bulk_items i
WHERE i.operation_id = $1::uuid AND i.number > $2 ${condition}
ORDER BY i.number LIMIT $3`;
const ITEMS = items('');
const WAITING_ITEMS = items('AND i.result IS NULL');
const DONE_ITEMS = items('AND i.result = $4');

// Reads all items of the operation. Index: bulk_items_pkey
const ENDPOINTS = `
WITH counted AS (
  SELECT endpoint_id, count(*) AS items FROM bulk_items WHERE operation_id = $1::uuid GROUP BY 1
)
SELECT c.endpoint_id AS "endpointId", e.app_id AS "appId", e.capability, s.name AS subscription, c.items,
  COALESCE(b.state, 'closed') AS breaker, CASE WHEN e.status = 'removed' THEN 'removed' ELSE e.hold END AS hold
FROM counted c JOIN endpoints e ON e.id = c.endpoint_id
LEFT JOIN subscriptions s ON s.endpoint_id = e.id
LEFT JOIN circuit_breaker_state b ON b.app_id = e.app_id AND b.capability = e.capability
ORDER BY c.items DESC, c.endpoint_id LIMIT $2`;

const RUN = `
UPDATE bulk_operations o SET status = 'running', started_at = now(), started_by = $2, next_at = now()
WHERE o.id = $1::uuid AND o.status = 'planned' RETURNING ${OPERATION}, pg_notify('bulk', '')`;

// Waits for a step in progress.
const CANCEL = `
UPDATE bulk_operations o SET status = 'cancelled', finished_at = now(), lease_token = NULL, leased_until = NULL
WHERE o.id = $1::uuid AND o.status IN ('planning', 'planned', 'running') RETURNING ${OPERATION}`;

/** Operations and their items. Reads for an app with row-level security, or for the platform (`as` null). */
@Injectable()
export class OperationStore {
  constructor(private readonly database: Database) {}

  /** @returns null if an earlier operation has the same idempotency key */
  async create(operation: NewOperation): Promise<BulkOperation | null> {
    const { id, appId, kind, filter, url, notes, perSecond, atOnce, createdBy, idempotencyKey } = operation;
    const [row] = await this.database.query<BulkOperation>({ text: CREATE }, [
      id,
      appId,
      kind,
      JSON.stringify(filter),
      url,
      notes,
      perSecond,
      atOnce,
      createdBy,
      idempotencyKey,
    ]);
    return row ?? null;
  }

  async ofKey(appId: string | null, key: string): Promise<BulkOperation | null> {
    const [row] = await this.database.query<BulkOperation>({ text: OF_KEY }, [appId ?? '', key]);
    return row ?? null;
  }

  /** Null if there is none with that id, or if it belongs to another app. */
  async find(id: string, as: string | null): Promise<BulkOperation | null> {
    if (!isId(id)) return null;
    const [row] = await this.database.queryAs<BulkOperation>(as, FIND, [id, as]);
    return row ?? null;
  }

  /** Newest first. @param after the last id of the previous page */
  async list(
    { kind, status, after, limit }: { kind?: BulkKind; status?: BulkStatus; after?: string; limit: number },
    as: string | null,
  ): Promise<BulkOperation[]> {
    const values = [as, after ?? null, kind ?? null, status ?? null, limit];
    return this.database.queryAs<BulkOperation>(as, LIST, values);
  }

  /** In the order of numbers. @param after the last number of the previous page */
  async items(
    id: string,
    { result, after, limit }: { result?: ItemResult; after: number; limit: number },
    as: string | null,
  ): Promise<BulkItem[]> {
    const page = [id, after, limit];
    if (result === undefined) return this.database.queryAs<BulkItem>(as, ITEMS, page);
    if (result === 'waiting') return this.database.queryAs<BulkItem>(as, WAITING_ITEMS, page);
    return this.database.queryAs<BulkItem>(as, DONE_ITEMS, [...page, result]);
  }

  /** The endpoints with the most items. The caller has checked that it may read the operation. */
  async endpoints(id: string, limit: number): Promise<BulkEndpoint[]> {
    return this.database.query<BulkEndpoint>({ text: ENDPOINTS }, [id, limit]);
  }

  /** @returns null if it is not planned */
  async run(id: string, actor: string): Promise<BulkOperation | null> {
    const [row] = await this.database.query<BulkOperation>({ text: RUN }, [id, actor]);
    return row ?? null;
  }

  /** @returns null if it has ended */
  async cancel(id: string): Promise<BulkOperation | null> {
    const [row] = await this.database.query<BulkOperation>({ text: CANCEL }, [id]);
    return row ?? null;
  }
}
