import { Injectable } from '@nestjs/common';
import { HELD_UNTIL_DATE } from '@breakwater/delivery';
import { ALL_APPS, DirectoryStore } from '../directory/directory.store.js';
import type { SubscriptionVersion } from '../directory/directory.js';
import { matchableEvent } from '../directory/matchable-event.js';
import { EventNotFoundError } from './event.error.js';
import {
  EventStore,
  type EventDeliveryRow,
  type EventFilter,
  type EventRow,
  type EventStatus,
  type EventWithBody,
} from './event.store.js';
import { skippedBy, type Skipped } from './skipped.js';

/** A delivery of an event, with the name that its subscription had when the event was matched. */
export type EventDelivery = EventDeliveryRow & { subscription: string | null };

export interface EventStory {
  event: EventWithBody;
  status: EventStatus;
  /** Number of deliveries by status. */
  counts: Record<string, number>;
  /** At most LISTED. */
  deliveries: EventDelivery[];
  /** Subscriptions that the event was not delivered to; at most LISTED. */
  skipped: Skipped[];
  skippedCount: number;
}

/** Maximum number of deliveries and of skipped subscriptions in a story. */
export const LISTED = 1_000;
/** Maximum number of deliveries that are read to find the skipped subscriptions. */
const READ_MAX = 50_000;

/**
 * What happened to an event: which subscriptions got it, which did not, and why. The event of another app is not found.
 */
@Injectable()
export class EventStories {
  constructor(
    private readonly store: EventStore,
    private readonly directory: DirectoryStore,
  ) {}

  /** Newest first. @param as the app that reads its own events; null for the platform */
  async list(filter: EventFilter, as: string | null): Promise<(EventRow & { status: EventStatus })[]> {
    const rows = await this.store.list(as === null ? filter : { ...filter, appId: null }, as);
    return rows.map((row) => ({ ...row, status: statusOf(row) }));
  }

  /**
   * @param as the app that reads, which sees its own subscriptions only; null for the platform
   * @throws EventNotFoundError
   */
  async get(id: string, as: string | null): Promise<EventStory> {
    const event = await this.store.find(id, as);
    if (!event) throw new EventNotFoundError(id);
    const [deliveries, subscriptions] = await Promise.all([
      this.store.deliveries(id, READ_MAX, as),
      this.subscriptionsOf(event, as),
    ]);
    // Counted from the same rows, so that list and counts agree.
    const counts = deliveries.length < READ_MAX ? countsOf(deliveries) : await this.store.counts(id, as);
    const matchable = matchableEvent({
      type: event.type,
      body: Buffer.from(event.body),
      headers: event.headers as Record<string, string> | null,
      metadata: event.metadata as Record<string, unknown> | null,
    });
    const delivered = new Set(deliveries.map(({ endpointId }) => endpointId));
    const skipped = skippedBy(matchable, subscriptions, { delivered, isOver: event.fanOutAt === null });
    const names = new Map(subscriptions.map(({ endpointId, name }) => [endpointId, name]));
    return {
      event,
      status: statusOf(event),
      counts,
      deliveries: deliveries
        .slice(0, LISTED)
        .map((row) => ({ ...row, subscription: names.get(row.endpointId) ?? null })),
      skipped: skipped.slice(0, LISTED),
      skippedCount: skipped.length,
    };
  }

  /** The subscriptions at the time of matching; empty if the event is not matched yet. */
  private async subscriptionsOf(event: EventWithBody, as: string | null): Promise<SubscriptionVersion[]> {
    if (event.directoryVersion === null) return [];
    return this.directory.at(event.appId ?? ALL_APPS, Number(event.directoryVersion), as);
  }
}

function countsOf(deliveries: readonly EventDeliveryRow[]): Record<string, number> {
  const byStatus = Map.groupBy(deliveries, ({ status }) => status);
  return Object.fromEntries([...byStatus].map(([status, rows]) => [status, rows.length]));
}

function statusOf({ fanOutAt, directoryVersion, deliverAt }: EventRow): EventStatus {
  if (fanOutAt === null) return 'published';
  if (fanOutAt.getTime() === HELD_UNTIL_DATE.getTime()) return 'held';
  const isScheduled = directoryVersion === null && deliverAt !== null && deliverAt.getTime() > Date.now();
  return isScheduled ? 'scheduled' : 'fanning_out';
}
