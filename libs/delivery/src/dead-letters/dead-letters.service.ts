import { Injectable } from '@nestjs/common';
import { Database, isId, PrismaService, type Prisma } from '@breakwater/platform';
import { Windows } from '../attempt/windows.service.js';
import { Deliveries, type DeliveryStory } from '../deliveries/deliveries.service.js';
import {
  DeadLetterNotFoundError,
  DeadLetterResolvedError,
  DeliveryNotFoundError,
} from '../deliveries/delivery.error.js';
import { RedeliverStore } from '../deliveries/redeliver.store.js';

export type DeadLetterRow = Prisma.WebhookDeadLetterGetPayload<{ omit: { payload: true } }>;
export type DeadLetterWithPayload = Prisma.WebhookDeadLetterGetPayload<object>;

export interface DeadLetterFilter {
  appId?: string;
  capability?: string;
  category?: string;
  reason?: string;
  eventType?: string;
  /** Younger and older than these, ms. */
  minAgeMs?: number;
  maxAgeMs?: number;
  /** `unresolved` is the default; `requeued` are those of them that were sent again and have not failed since. */
  state?: 'unresolved' | 'requeued' | 'resolved' | 'all';
}

export interface DeadLetterStatistics {
  total: number;
  byCategory: Record<string, number>;
  byReason: Record<string, number>;
  byApp: Record<string, number>;
  byCapability: Record<string, number>;
  byEventType: Record<string, number>;
  byAge: Record<'1h' | '24h' | '7d' | 'older', number>;
}

/** Bytes of a payload that a list shows: a page of 200 stays below 4 MiB. */
const PAYLOAD_START_BYTES = 16 * 1024;

// Index: webhook_dead_letter_queue_pkey
const PAYLOAD_STARTS = `
SELECT id, substring(payload FOR $2::integer) AS start, length(payload) > $2::integer AS truncated
FROM webhook_dead_letter_queue WHERE id = ANY ($1::uuid[])`;

/** Rows one bulk statement takes at a time. */
const BULK = 1_000;

/** Deliveries given up on, and what people do with them. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly prisma: PrismaService,
    private readonly database: Database,
    private readonly store: RedeliverStore,
    private readonly windows: Windows,
    private readonly deliveries: Deliveries,
  ) {}

  /**
   * Newest first.
   * @param after the last item seen
   * @param as the app whose key asks, which sees its own; null is the platform itself
   */
  async list(
    filter: DeadLetterFilter,
    limit: number,
    after?: { failedAt: Date; id: string },
    as: string | null = null,
  ): Promise<DeadLetterRow[]> {
    return this.prisma.as(as, (db) =>
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

  /** @param as the app whose key asks, which sees its own; null is the platform itself */
  async get(
    id: string,
    as: string | null = null,
  ): Promise<{ deadLetter: DeadLetterWithPayload; story: DeliveryStory | null }> {
    const deadLetter = isId(id)
      ? await this.prisma.as(as, (db) => db.webhookDeadLetter.findUnique({ where: { id } }))
      : null;
    if (!deadLetter || isForeign(deadLetter, as)) throw new DeadLetterNotFoundError(id);
    const story = await this.deliveries.get(deadLetter.deliveryId, as).catch((error: unknown) => {
      if (error instanceof DeliveryNotFoundError) return null; // dropped by retention
      throw error;
    });
    return { deadLetter, story };
  }

  /** How the payloads of a page begin, as text by the dead letter's id. */
  async payloadStarts(
    ids: readonly string[],
    as: string | null,
  ): Promise<Map<string, { text: string; truncated: boolean }>> {
    const rows = await this.database.queryAs<{ id: string; start: Buffer; truncated: boolean }>(
      as,
      PAYLOAD_STARTS,
      [ids, PAYLOAD_START_BYTES],
    );
    return new Map(rows.map(({ id, start, truncated }) => [id, { text: wholeText(start), truncated }]));
  }

  /** The delivery of a dead letter; null where there is none of that id, or it is another app's. */
  async deliveryOf(id: string, as: string | null): Promise<string | null> {
    if (!isId(id)) return null;
    const row = await this.prisma.as(as, (db) =>
      db.webhookDeadLetter.findUnique({ where: { id }, select: { deliveryId: true } }),
    );
    return row?.deliveryId ?? null;
  }

  async retry(id: string, actor: string, as: string | null = null): Promise<void> {
    const { deliveryId } = await this.find(id, as);
    await this.deliveries.redeliver(deliveryId, as, actor);
  }

  /** @throws DeadLetterResolvedError when it is resolved already */
  async resolve(
    id: string,
    actor: string,
    notes: string | null,
    as: string | null = null,
  ): Promise<DeadLetterRow> {
    const before = await this.find(id, as);
    const { count } = await this.prisma.as(as, (db) =>
      db.webhookDeadLetter.updateMany({
        where: { id, resolvedAt: null },
        data: { resolvedAt: new Date(), resolvedBy: actor, notes },
      }),
    );
    const after = await this.find(id, as);
    if (count === 0) throw new DeadLetterResolvedError(id, after.resolvedAt ? after : before);
    return after;
  }

  async remove(id: string): Promise<void> {
    await this.find(id, null);
    await this.prisma.webhookDeadLetter.delete({ where: { id } });
  }

  /** @returns how many were sent again, or with `dryRun` would be */
  async retryAll(filter: DeadLetterFilter, actor: string, dryRun: boolean): Promise<number> {
    return this.inBulk(filter, async (rows) => {
      const ids = rows.map((row) => row.deliveryId);
      if (dryRun) return this.store.countRedeliverable(ids);
      const again = await this.store.redeliver(ids, actor);
      await this.windows.promote(...new Set(again.map(({ endpointId }) => endpointId)));
      return again.length;
    });
  }

  /** @returns how many were resolved, or with `dryRun` would be */
  async resolveAll(
    filter: DeadLetterFilter,
    actor: string,
    notes: string | null,
    dryRun: boolean,
  ): Promise<number> {
    if (dryRun)
      return this.prisma.webhookDeadLetter.count({
        where: { AND: [this.where(filter), { resolvedAt: null }] },
      });
    return this.inBulk(filter, async (rows) => {
      const { count } = await this.prisma.webhookDeadLetter.updateMany({
        where: { id: { in: rows.map(({ id }) => id) }, resolvedAt: null },
        data: { resolvedAt: new Date(), resolvedBy: actor, notes },
      });
      return count;
    });
  }

  /** Of those that wait for a person. */
  async statistics(): Promise<DeadLetterStatistics> {
    const rows = await this.database.query<{ dimension: string; value: string; count: number }>({
      text: `
        WITH open AS (
          SELECT category, reason, app_id, capability, COALESCE(event_type, capability) AS event_type,
            CASE WHEN failed_at > now() - interval '1 hour' THEN '1h' WHEN failed_at > now() - interval '24 hours' THEN '24h'
                 WHEN failed_at > now() - interval '7 days' THEN '7d' ELSE 'older' END AS age
          FROM webhook_dead_letter_queue WHERE resolved_at IS NULL)
        SELECT dimension, value, count(*) AS count FROM open
        CROSS JOIN LATERAL (VALUES ('total', ''), ('category', category), ('reason', reason), ('app', app_id),
          ('capability', capability), ('event_type', event_type), ('age', age)) AS v(dimension, value)
        GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1000`,
    });
    const by = (name: string): Record<string, number> =>
      Object.fromEntries(
        rows.filter(({ dimension }) => dimension === name).map(({ value, count }) => [value, count]),
      );
    return {
      total: by('total')[''] ?? 0,
      byCategory: by('category'),
      byReason: by('reason'),
      byApp: by('app'),
      byCapability: by('capability'),
      byEventType: by('event_type'),
      byAge: { '1h': 0, '24h': 0, '7d': 0, older: 0, ...by('age') },
    };
  }

  private async find(id: string, as: string | null): Promise<DeadLetterRow> {
    const row = isId(id)
      ? await this.prisma.as(as, (db) =>
          db.webhookDeadLetter.findUnique({ where: { id }, omit: { payload: true } }),
        )
      : null;
    if (!row || isForeign(row, as)) throw new DeadLetterNotFoundError(id);
    return row;
  }

  /** Works through what the filter holds now, in ids' order: rows that come while it runs are not touched twice. */
  private async inBulk(
    filter: DeadLetterFilter,
    work: (rows: { id: string; deliveryId: string }[]) => Promise<number>,
  ): Promise<number> {
    const conditions = this.where(filter);
    let done = 0;
    for (let last = ''; ;) {
      const rows = await this.prisma.webhookDeadLetter.findMany({
        where: { AND: [conditions, last ? { id: { gt: last } } : {}] },
        select: { id: true, deliveryId: true },
        orderBy: { id: 'asc' },
        take: BULK,
      });
      if (rows.length === 0) return done;
      done += await work(rows);
      last = rows.at(-1)!.id;
    }
  }

  private where(filter: DeadLetterFilter): Prisma.WebhookDeadLetterWhereInput {
    const {
      appId,
      capability,
      category,
      reason,
      eventType,
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
      // Of a call it is its capability.
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

/** The cut may have gone through a character: what is left of it is no part of the text. */
function wholeText(bytes: Buffer): string {
  return new TextDecoder().decode(bytes, { stream: true });
}

/** Row-level security hides what is another's; asked once more, for it must hold without it too. */
function isForeign({ appId }: { appId: string }, as: string | null): boolean {
  return as !== null && appId !== as;
}
