import { Injectable } from '@nestjs/common';
import { clientOf, Database, PrismaService, type Prisma, type Transaction } from '@breakwater/platform';

export type DeadLetterRow = Prisma.WebhookDeadLetterGetPayload<{ omit: { payload: true } }>;
export type DeadLetterWithPayload = Prisma.WebhookDeadLetterGetPayload<object>;

export interface DeadLetterFilter {
  appId?: string;
  capability?: string;
  category?: string;
  reason?: string;
  eventType?: string;
  /** Of the last failure: network, server_error, … */
  errorClass?: string;
  /** At least and at most this old, ms. */
  minAgeMs?: number;
  maxAgeMs?: number;
  /**
   * `unresolved` is the default; `requeued` are the unresolved ones that were sent again and have not failed
   * since.
   */
  state?: 'unresolved' | 'requeued' | 'resolved' | 'all';
}

/** The first bytes of a payload. */
export interface PayloadStart {
  id: string;
  start: Buffer;
  truncated: boolean;
}

/** How many dead letters have this value in this dimension. */
export interface DeadLetterCount {
  /** total, category, reason, app, capability, event_type or age. */
  dimension: string;
  value: string;
  count: number;
}

// Indexes: webhook_dead_letter_queue_pkey, events_pkey
const PAYLOAD_STARTS = `
SELECT q.id, substring(p.payload FOR $2::integer) AS start, length(p.payload) > $2::integer AS truncated
FROM webhook_dead_letter_queue q LEFT JOIN events v ON v.id = q.event_id
CROSS JOIN LATERAL (SELECT COALESCE(v.body, q.payload) AS payload) p
WHERE q.id = ANY ($1::uuid[])`;

// Index: webhook_dead_letter_queue_groups_idx, without the rows. Grouped by columns only: of expressions PostgreSQL does
// not know that they have few values, and would sort all rows. Few groups are left before they are spread out.
const COUNT_OPEN = `
WITH open AS MATERIALIZED (
  SELECT category, reason, app_id, capability, event_type, count(*) AS count,
    count(*) FILTER (WHERE failed_at > now() - interval '1 hour') AS hour,
    count(*) FILTER (WHERE failed_at > now() - interval '24 hours') AS day,
    count(*) FILTER (WHERE failed_at > now() - interval '7 days') AS week
  FROM webhook_dead_letter_queue WHERE resolved_at IS NULL AND ($1::text IS NULL OR app_id = $1)
  GROUP BY 1, 2, 3, 4, 5)
SELECT dimension, value, sum(v.count)::bigint AS count FROM open
CROSS JOIN LATERAL (VALUES ('total', '', count), ('category', category, count), ('reason', reason, count),
  ('app', app_id, count), ('capability', capability, count), ('event_type', COALESCE(event_type, capability), count),
  ('age', '1h', hour), ('age', '24h', day - hour), ('age', '7d', week - day), ('age', 'older', count - week)
) AS v(dimension, value, count)
GROUP BY 1, 2 HAVING sum(v.count) > 0 ORDER BY 3 DESC LIMIT 1000`;

// Index: webhook_dead_letter_queue_pkey
const RESOLVE = `
UPDATE webhook_dead_letter_queue SET resolved_at = now(), resolved_by = $2, notes = $3
WHERE id = ANY ($1::uuid[]) AND resolved_at IS NULL
RETURNING id, delivery_id AS "deliveryId"`;

/** Reads and writes for an app, under row-level security, or for the platform (`as` null). */
@Injectable()
export class DeadLetterStore {
  constructor(
    private readonly prisma: PrismaService,
    private readonly database: Database,
  ) {}

  /** Newest first. @param after the last item seen */
  async list(
    filter: DeadLetterFilter,
    limit: number,
    after: { failedAt: Date; id: string } | undefined,
    as: string | null,
  ): Promise<DeadLetterRow[]> {
    return this.prisma.listAs(as, (db) =>
      db.webhookDeadLetter.findMany({
        where: {
          AND: [
            this.where(filter),
            after
              ? {
                  OR: [
                    { failedAt: { lt: after.failedAt } },
                    { failedAt: after.failedAt, id: { gt: after.id } },
                  ],
                }
              : {},
          ],
        },
        omit: { payload: true },
        orderBy: [{ failedAt: 'desc' }, { id: 'asc' }],
        take: limit,
      }),
    );
  }

  /**
   * The dead letters that match when the first page is read, ordered by id. A row that is added later is in
   * no page twice.
   */
  async *pages(filter: DeadLetterFilter, size: number): AsyncGenerator<{ id: string; deliveryId: string }[]> {
    const conditions = this.where(filter);
    for (let last = ''; ;) {
      const rows = await this.prisma.webhookDeadLetter.findMany({
        where: { AND: [conditions, last ? { id: { gt: last } } : {}] },
        select: { id: true, deliveryId: true },
        orderBy: { id: 'asc' },
        take: size,
      });
      if (rows.length === 0) return;
      yield rows;
      last = rows.at(-1)!.id;
    }
  }

  async find(id: string, as: string | null): Promise<DeadLetterRow | null> {
    return this.prisma.as(as, (db) =>
      db.webhookDeadLetter.findUnique({ where: { id }, omit: { payload: true } }),
    );
  }

  async findWithPayload(id: string, as: string | null): Promise<DeadLetterWithPayload | null> {
    return this.prisma.as(as, async (db) => {
      const row = await db.webhookDeadLetter.findUnique({ where: { id } });
      if (!row?.eventId) return row;
      const event = await db.event.findUnique({ where: { id: row.eventId }, select: { body: true } });
      return { ...row, payload: event?.body ?? row.payload };
    });
  }

  /** The first `bytes` of each payload. */
  async payloadStarts(ids: readonly string[], bytes: number, as: string | null): Promise<PayloadStart[]> {
    return this.database.queryAs<PayloadStart>(as, PAYLOAD_STARTS, [ids, bytes]);
  }

  /** Resolves those that are unresolved. @returns how many were resolved */
  async resolve(
    ids: string[],
    { actor, notes }: { actor: string; notes: string | null },
    as: string | null,
  ): Promise<number> {
    return (await this.database.queryAs(as, RESOLVE, [ids, actor, notes])).length;
  }

  /** The same, in the transaction of another store. @returns the resolved ones */
  async resolveIn(
    transaction: Transaction,
    ids: string[],
    { actor, notes }: { actor: string; notes: string | null },
  ): Promise<{ id: string; deliveryId: string }[]> {
    const resolved = await clientOf(transaction).query<{ id: string; deliveryId: string }>(RESOLVE, [
      ids,
      actor,
      notes,
    ]);
    return resolved.rows;
  }

  async countUnresolved(filter: DeadLetterFilter): Promise<number> {
    return this.prisma.webhookDeadLetter.count({
      where: { AND: [this.where(filter), { resolvedAt: null }] },
    });
  }

  async note(id: string, note: string | null, actor: string): Promise<void> {
    await this.prisma.webhookDeadLetter.updateMany({
      where: { id },
      data:
        note === null
          ? { note, notedBy: null, notedAt: null }
          : { note, notedBy: actor, notedAt: new Date() },
    });
  }

  async remove(id: string): Promise<void> {
    await this.prisma.webhookDeadLetter.delete({ where: { id } });
  }

  /** Counts those that wait for a person, the most frequent first. */
  async countOpen(as: string | null): Promise<DeadLetterCount[]> {
    return this.database.queryAs<DeadLetterCount>(as, COUNT_OPEN, [as]);
  }

  private where(filter: DeadLetterFilter): Prisma.WebhookDeadLetterWhereInput {
    const {
      appId,
      capability,
      category,
      reason,
      eventType,
      errorClass,
      minAgeMs,
      maxAgeMs,
      state = 'unresolved',
    } = filter;
    const nowMs = Date.now();
    const { failedAt } = this.prisma.webhookDeadLetter.fields;
    return {
      ...(appId ? { appId } : {}),
      ...(capability ? { capability } : {}),
      ...(category ? { category } : {}),
      ...(reason ? { reason } : {}),
      ...(errorClass ? { errorClass } : {}),
      // The event type of a call is its capability.
      ...(eventType ? { OR: [{ eventType }, { eventType: null, capability: eventType }] } : {}),
      ...(minAgeMs !== undefined || maxAgeMs !== undefined
        ? {
            failedAt: {
              ...(minAgeMs !== undefined ? { lte: new Date(nowMs - minAgeMs) } : {}),
              ...(maxAgeMs !== undefined ? { gte: new Date(nowMs - maxAgeMs) } : {}),
            },
          }
        : {}),
      ...(state === 'unresolved' ? { resolvedAt: null } : {}),
      ...(state === 'requeued' ? { resolvedAt: null, requeuedAt: { gt: failedAt } } : {}),
      ...(state === 'resolved' ? { resolvedAt: { not: null } } : {}),
    };
  }
}
