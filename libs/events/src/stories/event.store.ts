import { Injectable } from '@nestjs/common';
import { HELD_UNTIL_DATE } from '@breakwater/delivery';
import { isId, PrismaService, smallestIdAt, type Prisma } from '@breakwater/platform';

export type EventRow = Prisma.EventGetPayload<{ omit: { body: true } }>;
export type EventWithBody = Prisma.EventGetPayload<object>;

/** The main columns of an event's delivery. */
export type EventDeliveryRow = Prisma.DeliveryGetPayload<{ select: typeof DELIVERY }>;

const DELIVERY = {
  id: true,
  appId: true,
  endpointId: true,
  status: true,
  attempts: true,
  waitReason: true,
  lastError: true,
  nextAttemptAt: true,
  finishedAt: true,
  operationId: true,
  replayOf: true,
} as const;

/** Progress of the fan-out. */
export type EventStatus = 'scheduled' | 'held' | 'fanning_out' | 'published';

export interface EventFilter {
  /** Null: all events, also those of the platform. */
  appId: string | null;
  type?: string;
  status?: EventStatus;
  from?: Date;
  to?: Date;
  /** Id of the last event of the previous page. The newest event is first. */
  after?: string;
  limit: number;
}

/** Reads for an app with row-level security, or for the platform (`as` null). */
@Injectable()
export class EventStore {
  constructor(private readonly prisma: PrismaService) {}

  /** Indexes: events_pkey, events_app_id_id_idx, events_type_id_idx. */
  async list(filter: EventFilter, as: string | null): Promise<EventRow[]> {
    const { appId, type, status, from, to, after, limit } = filter;
    return this.prisma.listHistoryAs(as, (db) =>
      db.event.findMany({
        where: {
          ...(appId === null ? {} : { appId }),
          ...(as === null ? {} : { OR: [{ appId: as }, { appId: null }] }),
          ...(type ? { type } : {}),
          ...(from || to ? { createdAt: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) } } : {}),
          AND: [...idBounds({ from, to, after }), ...(status ? [STATUS[status]()] : [])],
        },
        omit: { body: true },
        orderBy: { id: 'desc' },
        take: limit,
      }),
    );
  }

  /** Null if there is no such event, or if it belongs to another app. */
  async find(id: string, as: string | null): Promise<EventWithBody | null> {
    if (!isId(id)) return null;
    const row = await this.prisma.as(as, (db) => db.event.findUnique({ where: { id } }));
    return row && (as === null || row.appId === null || row.appId === as) ? row : null;
  }

  /** Deliveries of an event, by endpoint id. Index: deliveries_event_id_endpoint_id_idx. */
  async deliveries(eventId: string, limit: number, as: string | null): Promise<EventDeliveryRow[]> {
    return this.prisma.as(as, (db) =>
      db.delivery.findMany({
        where: { eventId, ...(as === null ? {} : { appId: as }) },
        select: DELIVERY,
        orderBy: [{ endpointId: 'asc' }, { id: 'asc' }],
        take: limit,
      }),
    );
  }

  /** Number of an event's deliveries by status. */
  async counts(eventId: string, as: string | null): Promise<Record<string, number>> {
    const rows = await this.prisma.as(as, (db) =>
      db.delivery.groupBy({
        by: ['status'],
        where: { eventId, ...(as === null ? {} : { appId: as }) },
        _count: { _all: true },
      }),
    );
    return Object.fromEntries(rows.map(({ status, _count }) => [status, _count._all]));
  }
}

const STATUS: Record<EventStatus, () => Prisma.EventWhereInput> = {
  scheduled: () => ({ fanOutAt: { not: null }, directoryVersion: null, deliverAt: { gt: new Date() } }),
  held: () => ({ fanOutAt: HELD_UNTIL_DATE }),
  fanning_out: () => ({
    fanOutAt: { not: null, lt: HELD_UNTIL_DATE },
    OR: [{ directoryVersion: { not: null } }, { deliverAt: null }, { deliverAt: { lte: new Date() } }],
  }),
  published: () => ({ fanOutAt: null }),
};

/** Maximum difference between the clocks of processes that create ids, ms. */
const CLOCKS_DIFFER_MS = 3_600_000;

/** Ids contain their creation time, so a period limits the range of ids that is read. */
function idBounds({ from, to, after }: Pick<EventFilter, 'from' | 'to' | 'after'>): { id: object }[] {
  const around = (at: Date, byMs: number): string => smallestIdAt(new Date(Math.max(0, at.getTime() + byMs)));
  return [
    ...(after ? [{ id: { lt: after } }] : []),
    ...(from ? [{ id: { gte: around(from, -CLOCKS_DIFFER_MS) } }] : []),
    ...(to ? [{ id: { lt: around(to, CLOCKS_DIFFER_MS) } }] : []),
  ];
}
