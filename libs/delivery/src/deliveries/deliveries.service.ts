import { Injectable } from '@nestjs/common';
import { EndpointDirectory } from '@breakwater/manifest';
import { isId, PrismaService, smallestIdAt, type Prisma } from '@breakwater/platform';
import { Windows } from '../attempt/windows.service.js';
import {
  DeliveryNotCancellableError,
  DeliveryNotFoundError,
  DeliveryPendingError,
  DeliverySyncError,
  EndpointClosedError,
} from './delivery.error.js';
import { CancelStore, type CancelFilter } from './cancel.store.js';
import { RedeliverStore } from './redeliver.store.js';
import { timeline, type TimelineEntry } from './timeline.js';

export type DeliveryRow = Prisma.DeliveryGetPayload<{ omit: { body: true; bodyIsText: true } }>;
export type AttemptRow = Prisma.AttemptGetPayload<object>;

export interface DeliveryFilter {
  /** Null for all apps. */
  appId: string | null;
  status?: string;
  endpointId?: string;
  capability?: string;
  errorClass?: string;
  requestId?: string;
  /** sync or async. */
  mode?: string;
  /** invocation or event. */
  kind?: string;
  /** As the caller sent it; found while it is kept, 24 h unless set otherwise. */
  idempotencyKey?: string;
  from?: Date;
  to?: Date;
  /** Id of the last one seen; newest come first. */
  after?: string;
  limit: number;
}

export interface DeliveryStory {
  delivery: DeliveryRow;
  attempts: AttemptRow[];
  timeline: TimelineEntry[];
}

/** What users see and do of their deliveries. A foreign id is a missing id. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly prisma: PrismaService,
    private readonly store: RedeliverStore,
    private readonly bulk: CancelStore,
    private readonly endpoints: EndpointDirectory,
    private readonly windows: Windows,
  ) {}

  async list({
    appId,
    status,
    endpointId,
    capability,
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
    const rows = await this.prisma.as(appId, async (db) => {
      const ofKey = idempotencyKey === undefined ? null : await idsOfKey(db, idempotencyKey, appId);
      return db.delivery.findMany({
        where: {
          ...(appId === null ? {} : { appId }),
          ...(ofKey ? { id: { in: ofKey } } : {}),
          ...(requestId ? { requestId } : {}),
          ...(mode ? { mode } : {}),
          ...(kind ? { kind } : {}),
          ...(status ? { status } : {}),
          ...(endpointId ? { endpointId } : {}),
          ...(capability ? { capability } : {}),
          ...(errorClass ? { lastErrorClass: errorClass } : {}),
          ...(from || to ? { createdAt: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) } } : {}),
          AND: idBounds({ from, to, after }),
        },
        omit: { body: true, bodyIsText: true },
        // ids are made in the order of time
        orderBy: { id: 'desc' },
        take: limit,
      });
    });
    return this.withWaitReasons(rows);
  }

  async get(id: string, appId: string | null): Promise<DeliveryStory> {
    const story = await this.prisma.as(appId, (db) => readStory(db, id, appId));
    const [delivery] = await this.withWaitReasons([story.delivery]);
    return { ...story, delivery: delivery! };
  }

  /** What the app gets, byte for byte. */
  async payload(id: string, appId: string | null): Promise<Buffer> {
    const row = await this.prisma.as(appId, (db) =>
      db.delivery.findUnique({ where: { id }, select: { body: true, appId: true } }),
    );
    if (!row || (appId !== null && row.appId !== appId)) throw new DeliveryNotFoundError(id);
    return Buffer.from(row.body);
  }

  async redeliver(id: string, appId: string | null, actor: string): Promise<void> {
    const { mode, status, endpointId } = await this.find(id, appId);
    if (mode === 'sync') throw new DeliverySyncError(id);
    const [again] = await this.store.redeliver([id], actor, appId);
    if (!again) {
      const closed = status === 'pending' ? null : await this.store.closedEndpoint(endpointId);
      throw closed ? new EndpointClosedError(id, closed) : new DeliveryPendingError(id);
    }
    await this.windows.promote(again.endpointId);
  }

  async cancel(id: string, appId: string | null, actor: string): Promise<void> {
    const { endpointId } = await this.find(id, appId);
    if (await this.store.cancel(id, actor, appId)) return this.windows.promote(endpointId);
    const { status } = await this.find(id, appId);
    throw new DeliveryNotCancellableError(
      id,
      status === 'pending' ? 'its call is out right now' : `it is ${status}`,
    );
  }

  /**
   * Gives up all that waits and matches; what is out right now is left alone.
   * @param as the app whose key asks, which gives up its own; null is the platform itself
   * @returns how many were cancelled, or with `dryRun` would be
   */
  async cancelAll(
    { filter, dryRun }: { filter: CancelFilter; dryRun: boolean },
    as: string | null,
    actor: string,
  ): Promise<number> {
    const own = as === null ? filter : { ...filter, appId: as };
    if (dryRun) return this.bulk.count(own, as);
    const cancelled = await this.bulk.cancel(own, actor, as);
    await this.windows.promote(...cancelled.keys());
    return [...cancelled.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Why it waits: parked deliveries of a paused endpoint are not written to one by one. */
  private async withWaitReasons<Row extends Pick<DeliveryRow, 'status' | 'endpointId' | 'waitReason'>>(
    rows: Row[],
  ): Promise<Row[]> {
    const waiting = rows.filter(({ status }) => status === 'pending');
    const endpoints = await this.endpoints.byIds(waiting.map(({ endpointId }) => endpointId));
    return rows.map((row) => {
      const hold = row.status === 'pending' ? endpoints.get(row.endpointId)?.hold : null;
      return hold ? { ...row, waitReason: hold } : row;
    });
  }

  private async find(id: string, appId: string | null): Promise<DeliveryRow> {
    return this.prisma.as(appId, (db) => find(db, id, appId));
  }
}

/** Keys of several apps may be the same. Index: idempotency_keys_key_idx, or of an app idempotency_keys_pkey. */
async function idsOfKey(db: Prisma.TransactionClient, key: string, appId: string | null): Promise<string[]> {
  const rows = await db.idempotencyKey.findMany({
    where: { key, ...(appId === null ? {} : { appId }) },
    select: { deliveryId: true },
    take: 1_000,
  });
  return rows.map(({ deliveryId }) => deliveryId);
}

/** Clocks of those who make ids differ by less, ms. */
const CLOCKS_DIFFER_MS = 3_600_000;

/** Ids tell when they were made: with bounds a list is read from the right place on, and no partition in vain. */
function idBounds({ from, to, after }: Pick<DeliveryFilter, 'from' | 'to' | 'after'>): { id: object }[] {
  const around = (at: Date, byMs: number): string => smallestIdAt(new Date(Math.max(0, at.getTime() + byMs)));
  return [
    ...(after ? [{ id: { lt: after } }] : []),
    ...(from ? [{ id: { gte: around(from, -CLOCKS_DIFFER_MS) } }] : []),
    ...(to ? [{ id: { lt: around(to, CLOCKS_DIFFER_MS) } }] : []),
  ];
}

async function readStory(
  db: Prisma.TransactionClient,
  id: string,
  appId: string | null,
): Promise<DeliveryStory> {
  const delivery = await find(db, id, appId);
  const [attempts, notes, transitions] = await Promise.all([
    db.attempt.findMany({ where: { deliveryId: id }, orderBy: { number: 'asc' } }),
    db.deliveryNote.findMany({ where: { deliveryId: id }, orderBy: { id: 'asc' }, take: 500 }),
    db.circuitBreakerTransition.findMany({
      where: {
        appId: delivery.appId,
        capability: delivery.capability,
        at: { gte: delivery.createdAt, ...(delivery.finishedAt ? { lte: delivery.finishedAt } : {}) },
      },
      orderBy: { id: 'asc' },
      take: 100,
    }),
  ]);
  return {
    delivery,
    attempts,
    timeline: timeline(
      [{ at: delivery.createdAt, kind: 'accepted', detail: { requestId: delivery.requestId } }],
      attempts.map(({ startedAt, number, outcome, httpStatus, error, durationMs, next, nextAt }) => ({
        at: startedAt,
        kind: 'attempt',
        detail: { number, outcome, httpStatus, error, durationMs, next, nextAt },
      })),
      notes.map(({ at, kind, actor, detail }) => ({
        at,
        kind: kind as TimelineEntry['kind'],
        detail: { ...(actor ? { actor } : {}), ...(detail as object | null) },
      })),
      transitions.map(({ at, fromState, toState, cause }) => ({
        at,
        kind: 'circuit',
        detail: { from: fromState, to: toState, cause },
      })),
      delivery.finishedAt
        ? [{ at: delivery.finishedAt, kind: 'finished', detail: { status: delivery.status } }]
        : [],
    ),
  };
}

async function find(db: Prisma.TransactionClient, id: string, appId: string | null): Promise<DeliveryRow> {
  const delivery = isId(id)
    ? await db.delivery.findUnique({ where: { id }, omit: { body: true, bodyIsText: true } })
    : null;
  // Row-level security hides what is another's; asked once more, for it must hold without it too.
  if (!delivery || (appId !== null && delivery.appId !== appId)) throw new DeliveryNotFoundError(id);
  return delivery;
}
