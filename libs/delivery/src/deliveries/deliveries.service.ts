import { Injectable } from '@nestjs/common';
import { EndpointDirectory } from '@breakwater/manifest';
import { newId } from '@breakwater/platform';
import { breakerThen } from './breaker-then.js';
import { redeliverWarnings } from './redeliver-warnings.js';
import { Windows } from '../attempt/windows.service.js';
import {
  DeliveryNotCancellableError,
  DeliveryNotFoundError,
  DeliveryPendingError,
  DeliverySyncError,
  EndpointClosedError,
} from './delivery.error.js';
import { CancelStore, type CancelFilter } from './cancel.store.js';
import {
  DeliveryStore,
  type AttemptRow,
  type DeliveryFilter,
  type DeliveryRecords,
  type DeliveryRow,
} from './delivery.store.js';
import { RedeliverStore } from './redeliver.store.js';
import { timeline, type TimelineEntry } from './timeline.js';

export interface DeliveryStory {
  delivery: DeliveryRow;
  /** With the state of the breaker when each began; null: no change of it is known. */
  attempts: (AttemptRow & { breaker: string | null })[];
  timeline: TimelineEntry[];
}

/** What users see of their deliveries and do with them. An id of another app is treated as missing. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly store: DeliveryStore,
    private readonly redeliveries: RedeliverStore,
    private readonly bulk: CancelStore,
    private readonly endpoints: EndpointDirectory,
    private readonly windows: Windows,
  ) {}

  async list(filter: DeliveryFilter): Promise<DeliveryRow[]> {
    return this.withWaitReasons(await this.store.list(filter));
  }

  async get(id: string, appId: string | null): Promise<DeliveryStory> {
    const records = await this.store.records(id, appId);
    if (!records) throw new DeliveryNotFoundError(id);
    const [delivery] = await this.withWaitReasons([records.delivery]);
    const changes = [...(records.before ? [records.before] : []), ...records.transitions];
    const attempts = records.attempts.map((row) => ({
      ...row,
      breaker: breakerThen(changes, row.startedAt),
    }));
    return { delivery: delivery!, attempts, timeline: timelineOf(records) };
  }

  /** What the app receives, byte for byte. */
  async payload(id: string, appId: string | null): Promise<Buffer> {
    const body = await this.store.body(id, appId);
    if (!body) throw new DeliveryNotFoundError(id);
    return body;
  }

  /** @returns the id of the delivery that is sent: another one if the payload is edited */
  async redeliver(id: string, appId: string | null, actor: string, edited?: Buffer): Promise<string> {
    const found = await this.find(id, appId);
    if (found.mode === 'sync') throw new DeliverySyncError(id);
    if (edited !== undefined) return this.sendEdited(found, actor, edited);
    const [again] = await this.redeliveries.redeliver([id], actor, appId);
    if (!again) throw await this.refusal(found);
    await this.windows.promote(again.endpointId);
    return id;
  }

  /**
   * What a redelivery would meet, without doing it: sentences for people. They do not refuse it.
   * @param isEdited whether the payload is edited: then the delivery itself may be unfinished
   * @throws as `redeliver` would
   */
  async redeliverWarnings(id: string, appId: string | null, isEdited: boolean): Promise<string[]> {
    const found = await this.find(id, appId);
    if (found.mode === 'sync') throw new DeliverySyncError(id);
    const isPossible = isEdited
      ? (await this.redeliveries.closedEndpoint(found.endpointId)) === null
      : (await this.redeliveries.countRedeliverable([id])) > 0;
    if (!isPossible) throw await this.refusal(found);
    const obstacles = await this.redeliveries.obstacles(found.endpointId);
    return obstacles ? redeliverWarnings(obstacles, { isEdited, hasRequest: found.eventId !== null }) : [];
  }

  private async sendEdited(original: DeliveryRow, actor: string, payload: Buffer): Promise<string> {
    const id = newId();
    const endpointId = await this.redeliveries.sendEdited(original.id, { id, actor, payload });
    if (endpointId === null) throw await this.refusal({ ...original, status: 'completed' });
    await this.windows.promote(endpointId);
    return id;
  }

  private async refusal({ id, status, endpointId }: DeliveryRow): Promise<Error> {
    const closed = status === 'pending' ? null : await this.redeliveries.closedEndpoint(endpointId);
    return closed ? new EndpointClosedError(id, closed) : new DeliveryPendingError(id);
  }

  async cancel(id: string, appId: string | null, actor: string): Promise<void> {
    const { endpointId } = await this.find(id, appId);
    if (await this.redeliveries.cancel(id, actor, appId)) return this.windows.promote(endpointId);
    const { status } = await this.find(id, appId);
    throw new DeliveryNotCancellableError(
      id,
      status === 'pending' ? 'its call is in progress' : `it is ${status}`,
    );
  }

  /**
   * Cancels all matching deliveries that wait; one whose call is in progress is not changed.
   * @param as the app whose key is used, which cancels its own; null is the platform itself
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

  /** Adds the reason to parked deliveries of a paused endpoint: their rows do not hold it. */
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
    const delivery = await this.store.find(id, appId);
    if (!delivery) throw new DeliveryNotFoundError(id);
    return delivery;
  }
}

function timelineOf({ delivery, attempts, notes, transitions }: DeliveryRecords): TimelineEntry[] {
  return timeline(
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
  );
}
