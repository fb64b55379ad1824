import { Injectable } from '@nestjs/common';
import { ALL_APPS, DirectoryStore } from '../directory/directory.store.js';
import type { SubscriptionVersion } from '../directory/directory.js';
import { heardEvent } from '../directory/heard-event.js';
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

/** A delivery of an event, with the name of its subscription then. */
export type EventDelivery = EventDeliveryRow & { subscription: string | null };

export interface EventStory {
  event: EventWithBody;
  status: EventStatus;
  /** How many deliveries have which status. */
  counts: Record<string, number>;
  /** The first LISTED of them. */
  deliveries: EventDelivery[];
  /** The first LISTED of those it was not delivered to. */
  skipped: Skipped[];
  skippedCount: number;
}

/** Deliveries and skipped subscriptions that a story lists. */
export const LISTED = 1_000;
/** Deliveries that are read to know who is missing. */
const READ_MAX = 50_000;

/** What became of an event: who heard it, who did not, and why. A foreign id is a missing id. */
@Injectable()
export class EventStories {
  constructor(
    private readonly store: EventStore,
    private readonly directory: DirectoryStore,
  ) {}

  /** Newest first. @param as the app whose key asks, which sees its own; null is the platform itself */
  async list(filter: EventFilter, as: string | null): Promise<(EventRow & { status: EventStatus })[]> {
    const rows = await this.store.list(as === null ? filter : { ...filter, appId: null }, as);
    return rows.map((row) => ({ ...row, status: statusOf(row) }));
  }

  /**
   * @param as the app whose key asks, which sees its own subscriptions; null is the platform itself
   * @throws EventNotFoundError
   */
  async get(id: string, as: string | null): Promise<EventStory> {
    const event = await this.store.find(id, as);
    if (!event) throw new EventNotFoundError(id);
    const [deliveries, counts, subscriptions] = await Promise.all([
      this.store.deliveries(id, READ_MAX, as),
      this.store.counts(id, as),
      this.subscriptionsOf(event, as),
    ]);
    const heard = heardEvent({
      type: event.type,
      body: Buffer.from(event.body),
      headers: event.headers as Record<string, string> | null,
      metadata: event.metadata as Record<string, unknown> | null,
    });
    const delivered = new Set(deliveries.map(({ endpointId }) => endpointId));
    const skipped = skippedBy(heard, subscriptions, delivered, event.fanOutAt === null);
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

  /** As they were when it was matched; none while it was not. */
  private async subscriptionsOf(event: EventWithBody, as: string | null): Promise<SubscriptionVersion[]> {
    if (event.directoryVersion === null) return [];
    return this.directory.at(event.appId ?? ALL_APPS, Number(event.directoryVersion), as);
  }
}

function statusOf({ fanOutAt, directoryVersion, deliverAt }: EventRow): EventStatus {
  if (fanOutAt === null) return 'published';
  const isScheduled = directoryVersion === null && deliverAt !== null && deliverAt.getTime() > Date.now();
  return isScheduled ? 'scheduled' : 'fanning_out';
}
