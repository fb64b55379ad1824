import { Injectable } from '@nestjs/common';
import { isId, PrismaService, smallestIdAt, type Prisma } from '@breakwater/platform';

export type DeliveryRow = Prisma.DeliveryGetPayload<{ omit: { body: true; bodyIsText: true } }>;
export type AttemptRow = Prisma.AttemptGetPayload<object>;

export interface DeliveryFilter {
  /** Null for all apps. */
  appId: string | null;
  status?: string;
  endpointId?: string;
  capability?: string;
  eventId?: string;
  errorClass?: string;
  requestId?: string;
  /** sync or async. */
  mode?: string;
  /** invocation or event. */
  kind?: string;
  /** As the caller sent it; found while the key is kept, 24 h by default. */
  idempotencyKey?: string;
  from?: Date;
  to?: Date;
  /** Id of the last one seen; the list is newest first. */
  after?: string;
  limit: number;
}

/** A delivery and everything that was recorded about it. */
export interface DeliveryRecords {
  delivery: DeliveryRow;
  attempts: AttemptRow[];
  notes: Prisma.DeliveryNoteGetPayload<object>[];
  /** Of its circuit breaker, during the life of the delivery. */
  transitions: Prisma.CircuitBreakerTransitionGetPayload<object>[];
  /** The last one before. */
  before: Prisma.CircuitBreakerTransitionGetPayload<object> | null;
}

/** Reads for an app, under row-level security, or for the platform (`appId` null). */
@Injectable()
export class DeliveryStore {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Indexes: deliveries_pkey, deliveries_app_id_id_idx, deliveries_request_id_idx, deliveries_event_id_endpoint_id_idx;
   * deliveries_status_id_idx and deliveries_error_class_id_idx for what few deliveries have.
   */
  async list({
    appId,
    status,
    endpointId,
    capability,
    eventId,
    errorClass,
    requestId,
    mode,
    kind,
    idempotencyKey,
    from,
    to,
    after,
    limit,
  }: DeliveryFilter): Promise<DeliveryRow[]> {
    // Who looks for one call, or for what came of an event, may have made it just now.
    const isExact = requestId !== undefined || idempotencyKey !== undefined || eventId !== undefined;
    const read = async (db: Prisma.TransactionClient): Promise<DeliveryRow[]> => {
      const apps = capability && appId === null ? await appsWith(db, capability) : null;
      const ofKey = idempotencyKey === undefined ? null : await idsOfKey(db, idempotencyKey, appId);
      return db.delivery.findMany({
        where: {
          ...(appId === null ? {} : { appId }),
          ...(apps === null ? {} : { appId: { in: apps } }),
          ...(ofKey ? { id: { in: ofKey } } : {}),
          ...(requestId ? { requestId } : {}),
          ...(mode ? { mode } : {}),
          ...(kind ? { kind } : {}),
          // Says the same, and that there is an index of the few that have one.
          ...(kind === 'event' && !eventId ? { eventId: { not: null } } : {}),
          ...(status ? { status } : {}),
          ...(endpointId ? { endpointId } : {}),
          ...(capability ? { capability } : {}),
          ...(eventId ? { eventId } : {}),
          ...(errorClass ? { lastErrorClass: errorClass } : {}),
          ...(from || to ? { createdAt: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) } } : {}),
          AND: idBounds({ from, to, after }),
        },
        omit: { body: true, bodyIsText: true },
        // Ids are created in the order of time.
        orderBy: { id: 'desc' },
        take: limit,
      });
    };
    return isExact ? this.prisma.listAs(appId, read) : this.prisma.listHistoryAs(appId, read);
  }

  /** Null if there is none with that id, or if it belongs to another app. */
  async find(id: string, appId: string | null): Promise<DeliveryRow | null> {
    return this.prisma.as(appId, (db) => find(db, id, appId));
  }

  /** Null if there is none with that id, or if it belongs to another app. */
  async records(id: string, appId: string | null): Promise<DeliveryRecords | null> {
    return this.prisma.as(appId, async (db) => {
      const delivery = await find(db, id, appId);
      return delivery && { delivery, ...(await recordsOf(db, delivery)) };
    });
  }

  /** Null if there is none with that id, or if it belongs to another app. */
  async body(id: string, appId: string | null): Promise<Buffer | null> {
    return this.prisma.as(appId, async (db) => {
      const row = await db.delivery.findUnique({
        where: { id },
        select: { body: true, appId: true, eventId: true },
      });
      if (!row || isForeign(row, appId)) return null;
      const event =
        row.eventId && (await db.event.findUnique({ where: { id: row.eventId }, select: { body: true } }));
      return Buffer.from(event ? event.body : row.body);
    });
  }
}

/** With the apps that have it, a capability is found by an index. Index: endpoints_pkey, a row for each capability. */
async function appsWith(db: Prisma.TransactionClient, capability: string): Promise<string[]> {
  const rows = await db.endpoint.findMany({
    where: { capability },
    select: { appId: true },
    distinct: ['appId'],
  });
  return rows.map(({ appId }) => appId);
}

/**
 * Several apps may use the same key. Index: idempotency_keys_key_idx, or for one app idempotency_keys_pkey.
 */
async function idsOfKey(db: Prisma.TransactionClient, key: string, appId: string | null): Promise<string[]> {
  const rows = await db.idempotencyKey.findMany({
    where: { key, ...(appId === null ? {} : { appId }) },
    select: { deliveryId: true },
    take: 1_000,
  });
  return rows.map(({ deliveryId }) => deliveryId);
}

/** Clocks of the processes that create ids differ by less than this, ms. */
const CLOCKS_DIFFER_MS = 3_600_000;

/**
 * An id contains its time. With these bounds a list starts reading at the right place, and reads no partition
 * needlessly.
 */
function idBounds({ from, to, after }: Pick<DeliveryFilter, 'from' | 'to' | 'after'>): { id: object }[] {
  const around = (at: Date, byMs: number): string => smallestIdAt(new Date(Math.max(0, at.getTime() + byMs)));
  return [
    ...(after ? [{ id: { lt: after } }] : []),
    ...(from ? [{ id: { gte: around(from, -CLOCKS_DIFFER_MS) } }] : []),
    ...(to ? [{ id: { lt: around(to, CLOCKS_DIFFER_MS) } }] : []),
  ];
}

async function find(
  db: Prisma.TransactionClient,
  id: string,
  appId: string | null,
): Promise<DeliveryRow | null> {
  if (!isId(id)) return null;
  const row = await db.delivery.findUnique({ where: { id }, omit: { body: true, bodyIsText: true } });
  return !row || isForeign(row, appId) ? null : row;
}

async function recordsOf(
  db: Prisma.TransactionClient,
  { id, appId, capability, createdAt, finishedAt }: DeliveryRow,
): Promise<Omit<DeliveryRecords, 'delivery'>> {
  const [attempts, notes, transitions, before] = await Promise.all([
    db.attempt.findMany({ where: { deliveryId: id }, orderBy: { number: 'asc' } }),
    db.deliveryNote.findMany({ where: { deliveryId: id }, orderBy: { id: 'asc' }, take: 500 }),
    db.circuitBreakerTransition.findMany({
      where: { appId, capability, at: { gte: createdAt, ...(finishedAt ? { lte: finishedAt } : {}) } },
      orderBy: { id: 'asc' },
      take: 100,
    }),
    db.circuitBreakerTransition.findFirst({
      where: { appId, capability, at: { lt: createdAt } },
      orderBy: { id: 'desc' },
    }),
  ]);
  return { attempts, notes, transitions, before };
}

/** Row-level security hides other apps' rows; this is a second check that works without it. */
function isForeign({ appId }: { appId: string }, as: string | null): boolean {
  return as !== null && appId !== as;
}
