import { Injectable } from '@nestjs/common';
import { mayRetryRows, MicroBatcher } from '@breakwater/platform';
import { BytesCache } from './bytes-cache.js';
import { EventBodyStore } from './event-body.store.js';

/** Maximum total size of the cached bodies per process, bytes. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The bodies of events. A process reads a body once for all its deliveries, while it is cached. */
@Injectable()
export class EventBodies {
  private readonly known = new BytesCache(MAX_BYTES);
  private readonly underWay = new Map<string, Promise<Buffer | null>>();
  private readonly batcher: MicroBatcher<string, Buffer | null>;

  constructor(private readonly store: EventBodyStore) {
    const limits = { maxRows: 50, maxInFlight: 2 };
    this.batcher = new MicroBatcher((ids) => this.store.bodies(ids), limits, { mayRetryRows });
  }

  /** Null if the event is no longer stored. */
  async of(eventId: string): Promise<Buffer | null> {
    return this.known.get(eventId) ?? this.underWay.get(eventId) ?? this.read(eventId);
  }

  private async read(eventId: string): Promise<Buffer | null> {
    const reading = this.batcher.add(eventId);
    this.underWay.set(eventId, reading);
    try {
      const body = await reading;
      if (body) this.known.put(eventId, body);
      return body;
    } finally {
      this.underWay.delete(eventId);
    }
  }
}
