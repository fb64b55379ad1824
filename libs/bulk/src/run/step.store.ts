import { Injectable } from '@nestjs/common';
import type { BulkPage, BulkStep } from '@breakwater/delivery';
import { Columns, Database, transactionOf, type Transaction } from '@breakwater/platform';
import { ITEMS_MAX, type BulkOperation } from '../operations/bulk-operation.js';
import { ITEM, OPERATION, type BulkItem } from '../operations/operation.store.js';

/** An operation of which this process makes the next step. */
export interface HeldOperation extends BulkOperation {
  /** Null: it was given back. */
  token: string | null;
  /** How far planning has read its source; null: not begun. */
  cursor: string | null;
}

export type PlannedItem = BulkPage['candidates'][number];
type DoneItem = BulkStep['results'][number] & { number: number };

/**
 * Lease of a process on an operation, ms. If the process crashes, another continues after that. A step in progress also
 * locks the row, so a lease that expires meanwhile does no harm.
 */
const LEASE_MS = 10_000;
/** Before an operation whose step failed is tried again, ms. */
const AGAIN_MS = 5_000;
/** Time that an operation may make up for, if its steps are late, ms. */
const MAKE_UP_MS = 1_000;

const HELD = `${OPERATION}, o.lease_token AS token, o.cursor`;
const TAKEN = `lease_token = gen_random_uuid(), leased_until = now() + interval '${LEASE_MS} ms'`;

// Index: bulk_operations_due_idx
const TAKE = `
UPDATE bulk_operations o SET ${TAKEN}
FROM (
  SELECT id FROM bulk_operations
  WHERE status IN ('planning', 'running') AND next_at <= now() AND (leased_until IS NULL OR leased_until <= now())
  ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED
) due
WHERE o.id = due.id RETURNING ${HELD}`;

const TAKE_NEW = `
UPDATE bulk_operations o SET ${TAKEN}
WHERE o.id = $1::uuid AND o.status IN ('planning', 'running') AND o.lease_token IS NULL RETURNING ${HELD}`;

const GIVE_BACK = `
UPDATE bulk_operations o SET lease_token = NULL, leased_until = NULL, next_at = now() + make_interval(secs => $3::float8 / 1000)
WHERE o.id = $1::uuid AND o.lease_token = $2::uuid`;

/** The lease after a step: kept, or free for the next process. */
const leaseIf = (keeps: string): string => `
  lease_token = CASE WHEN ${keeps} THEN o.lease_token END,
  leased_until = CASE WHEN ${keeps} THEN now() + interval '${LEASE_MS} ms' END`;

const PLANNED = new Columns<PlannedItem>({
  subject_id: ['uuid', (row) => row.subjectId],
  endpoint_id: ['uuid', (row) => row.endpointId],
  app_id: ['varchar', (row) => row.appId],
});
const [ID, TOKEN, CURSOR, KEEP] = PLANNED.further(4);

// The cursor moves in the commit that stores the items up to it. Index: bulk_operations_pkey
const PLAN = `
WITH asked AS (
  SELECT o.id, o.planned AS before, o.planned + cardinality(${PLANNED.array('subject_id')}) AS after
  FROM bulk_operations o
  WHERE o.id = ${ID}::uuid AND o.lease_token = ${TOKEN}::uuid AND o.status = 'planning' FOR UPDATE
), judged AS (
  SELECT a.*, a.after > ${ITEMS_MAX} AS too_many, ${CURSOR}::text IS NULL AS ends FROM asked a
), stored AS (
  INSERT INTO bulk_items (operation_id, number, app_id, endpoint_id, subject_id)
  SELECT j.id, j.before + m.place, m.app_id, m.endpoint_id, m.subject_id
  FROM judged j CROSS JOIN unnest(${PLANNED.arrays}) WITH ORDINALITY AS m(${PLANNED.names}, place) WHERE NOT j.too_many
)
UPDATE bulk_operations o SET cursor = ${CURSOR}::text, planned = CASE WHEN j.too_many THEN o.planned ELSE j.after END,
  status = CASE WHEN j.too_many THEN 'refused' WHEN NOT j.ends THEN o.status WHEN o.at_once THEN 'running'
    ELSE 'planned' END,
  error = CASE WHEN j.too_many THEN 'it has more than ${ITEMS_MAX} items: narrow its filter' END,
  finished_at = CASE WHEN j.too_many THEN now() END,
  started_at = CASE WHEN j.ends AND o.at_once AND NOT j.too_many THEN now() END,
  started_by = CASE WHEN j.ends AND o.at_once AND NOT j.too_many THEN o.created_by END,
  next_at = now(), ${leaseIf(`${KEEP}::boolean AND NOT j.too_many AND (NOT j.ends OR o.at_once)`)}
FROM judged j WHERE o.id = j.id RETURNING ${HELD}`;

const HOLD = `
SELECT o.done FROM bulk_operations o
WHERE o.id = $1::uuid AND o.lease_token = $2::uuid AND o.status = 'running' FOR UPDATE`;

// Index: bulk_items_pkey
const NEXT = `
SELECT ${ITEM} FROM bulk_items i
WHERE i.operation_id = $1::uuid AND i.number > $2
ORDER BY i.number LIMIT $3`;

const DONE = new Columns<DoneItem>({
  number: ['integer', (row) => row.number],
  result: ['varchar', (row) => row.result],
  reason: ['text', (row) => row.reason],
  delivery_id: ['uuid', (row) => row.deliveryId],
});
const [DONE_ID, DONE_KEEP] = DONE.further(2);

// The time of the next step follows from that of the previous one, so the rate is kept over time.
const FINISH = `
WITH given AS (
  SELECT * FROM unnest(${DONE.arrays}) AS g(${DONE.names})
), items AS (
  UPDATE bulk_items i SET result = g.result, reason = g.reason, delivery_id = g.delivery_id, done_at = now()
  FROM given g WHERE i.operation_id = ${DONE_ID}::uuid AND i.number = g.number
), counted AS (
  SELECT count(*)::integer AS done, count(*) FILTER (WHERE result = 'succeeded')::integer AS succeeded,
    count(*) FILTER (WHERE result = 'skipped')::integer AS skipped,
    count(*) FILTER (WHERE result = 'failed')::integer AS failed FROM given
)
UPDATE bulk_operations o SET done = o.done + c.done, succeeded = o.succeeded + c.succeeded,
  skipped = o.skipped + c.skipped, failed = o.failed + c.failed,
  status = CASE WHEN o.done + c.done = o.planned THEN 'completed' ELSE o.status END,
  finished_at = CASE WHEN o.done + c.done = o.planned THEN now() END,
  next_at = GREATEST(o.next_at, now() - interval '${MAKE_UP_MS} ms') + make_interval(secs => c.done::float8 / o.per_second),
  ${leaseIf(`${DONE_KEEP}::boolean AND o.done + c.done < o.planned`)}
FROM counted c WHERE o.id = ${DONE_ID}::uuid RETURNING ${HELD}`;

/** Steps of operations. Only the process that holds an operation's token changes it. */
@Injectable()
export class StepStore {
  constructor(private readonly database: Database) {}

  /** Takes the operation that has been due longest, with a lease; null: none is due. */
  async take(): Promise<HeldOperation | null> {
    const [row] = await this.database.query<HeldOperation>({ name: 'bulk_take', text: TAKE });
    return row ?? null;
  }

  /** Takes an operation that was just created; null: another process has taken it. */
  async takeNew(id: string): Promise<HeldOperation | null> {
    const [row] = await this.database.query<HeldOperation>({ text: TAKE_NEW }, [id]);
    return row ?? null;
  }

  /** Lets other processes continue. @param hasFailed whether it is tried again later only */
  async giveBack({ id, token }: HeldOperation, hasFailed: boolean): Promise<void> {
    await this.database.query({ text: GIVE_BACK }, [id, token, hasFailed ? AGAIN_MS : 0]);
  }

  /**
   * Stores the next items of a plan, in one commit with the place where the next page begins.
   * @param keep whether this process makes the next step, too
   * @returns null if this process does not hold the operation any more, or it was cancelled: nothing was stored
   */
  async plan(
    { id, token }: HeldOperation,
    { candidates, next }: BulkPage,
    keep: boolean,
  ): Promise<HeldOperation | null> {
    const values = [...PLANNED.values(candidates), id, token, next, keep];
    const [row] = await this.database.query<HeldOperation>({ text: PLAN }, values);
    return row ?? null;
  }

  /**
   * Does the next items in one commit with their results.
   * @param work changes the items in the transaction
   * @returns null if this process does not hold the operation any more, or it was cancelled: nothing was done
   */
  async run<Step extends BulkStep>(
    { id, token }: HeldOperation,
    { limit, keep }: { limit: number; keep: boolean },
    work: (transaction: Transaction, items: readonly BulkItem[]) => Promise<Step>,
  ): Promise<{ operation: HeldOperation; step: Step } | null> {
    return this.database.transaction(async (client) => {
      const { rows: held } = await client.query<{ done: number }>(HOLD, [id, token]);
      if (!held[0]) return null;
      const { rows: items } = await client.query<BulkItem>(NEXT, [id, held[0].done, limit]);
      const step = await work(transactionOf(client), items);
      const done = step.results.map((result, index) => ({ ...result, number: items[index]!.number }));
      const { rows } = await client.query<HeldOperation>(FINISH, [...DONE.values(done), id, keep]);
      return { operation: rows[0]!, step };
    });
  }
}
