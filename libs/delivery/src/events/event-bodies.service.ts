import { Injectable } from '@nestjs/common';
import { mayRetryRows, MicroBatcher } from '@breakwater/platform';
import { BytesCache } from './bytes-cache.js';
import { sizeOf } from './capture.js';
import { EventBodyStore, type EventContent } from './event-body.store.js';

/** Maximum total size of the cached bodies and requests per process, bytes. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * The bodies of events, and the requests of captured ones. A process reads them once for all deliveries of an event,
 * while they are cached.
 */
@Injectable()
export class EventBodies {
  private readonly known = new BytesCache<EventContent>(
    MAX_BYTES,
    ({ body, request }) => body.length + sizeOf(request),
  );
  private readonly underWay = new Map<string, Promise<EventContent | null>>();
  private readonly batcher: MicroBatcher<string, EventContent | null>;

  constructor(private readonly store: EventBodyStore) {
    const limits = { maxRows: 50, maxInFlight: 2 };
    this.batcher = new MicroBatcher((ids) => this.store.contents(ids), limits, { mayRetryRows });
  }

  /** Null if the event is no longer stored. */
  async of(eventId: string): Promise<EventContent | null> {
    return this.known.get(eventId) ?? this.underWay.get(eventId) ?? this.read(eventId);
  }

  private async read(eventId: string): Promise<EventContent | null> {
    const reading = this.batcher.add(eventId);
    this.underWay.set(eventId, reading);
    try {
      const content = await reading;
      if (content) this.known.put(eventId, content);
      return content;
    } finally {
      this.underWay.delete(eventId);
    }
  }
}
