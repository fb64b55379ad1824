import { Injectable } from '@nestjs/common';
import { Config, Tracing, WakeUpQueue } from '@breakwater/platform';
import { eventDeliveries, replayOf, withoutRepeatedKeys } from './event-deliveries.js';
import type { EventToPublish, NewEvent, Published } from './event.js';
import { PublishStore, type EventRow } from './publish.store.js';
import { targetDefaults } from './target-defaults.js';

/** Stores events with their deliveries in one commit, and wakes the deliveries. */
@Injectable()
export class AcceptEvents {
  constructor(
    private readonly store: PublishStore,
    private readonly queue: WakeUpQueue,
    private readonly tracing: Tracing,
    private readonly config: Config,
  ) {}

  /**
   * @returns the result of each event; null if subscriptions changed after matching, and nothing was stored
   * @throws DatabaseTimeoutError if the result is not known in time; the events may be stored
   */
  async accept(events: readonly EventToPublish[]): Promise<Published[] | null> {
    return this.tracing.span('publish events', { kind: 'producer', attributes: {} }, async (span) => {
      const traceParent = span.traceparent ?? null;
      const rows = events.map((one) => this.rowOf(one, traceParent));
      const { behind, stored, wake } = await this.store.publish(withoutRepeatedKeys(rows));
      if (behind) return null;
      // The caller does not wait for the hint: the rows are committed, and the sweeper repeats a lost one.
      if (wake.length > 0) void this.queue.add(wake.map((deliveryId) => ({ deliveryId })));
      return this.outcomes(rows, stored);
    });
  }

  /** Ids of the events that were published before, each with the same key. */
  async repeated(events: readonly NewEvent[]): Promise<Set<string>> {
    const keyed = events.filter(({ idempotency }) => idempotency !== null);
    const earlier = keyed.length > 0 ? await this.store.earlier(keyed.map(keyOf)) : [];
    const live = earlier.filter(({ isLive }) => isLive);
    return new Set(keyed.filter((event) => replayOf(event, live).kind === 'replayed').map(({ id }) => id));
  }

  private async outcomes(events: readonly NewEvent[], stored: ReadonlySet<string>): Promise<Published[]> {
    const keys = events.filter(({ id }) => !stored.has(id)).map(keyOf);
    const earlier = keys.length > 0 ? await this.store.earlier(keys) : [];
    return events.map((event) =>
      stored.has(event.id) ? { kind: 'published', eventId: event.id } : replayOf(event, earlier),
    );
  }

  private rowOf({ event, matches }: EventToPublish, traceParent: string | null): EventRow {
    const { targets = [], more = false, cursor = null, directoryVersion = null } = matches ?? {};
    return {
      ...event,
      traceParent,
      directoryVersion,
      cursor: more ? cursor : null,
      more,
      deliveries: eventDeliveries({ id: event.id, dueAt: null }, targets, targetDefaults(this.config)),
    };
  }
}

function keyOf({ appId, idempotency }: NewEvent): { scope: string; key: string } {
  return { scope: appId ?? '', key: idempotency?.key ?? '' };
}
