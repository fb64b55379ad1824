import { Injectable } from '@nestjs/common';
import { Config, WakeUpQueue, type Problem } from '@breakwater/platform';
import { eventDeliveries } from './event-deliveries.js';
import type { DueEvent, EventMatches } from './event.js';
import { FanOutStore } from './fan-out.store.js';
import { targetDefaults } from './target-defaults.js';

/** Creates the deliveries of stored events that are due later, were published by SQL, or have many deliveries. */
@Injectable()
export class EventFanOut {
  constructor(
    private readonly store: FanOutStore,
    private readonly queue: WakeUpQueue,
    private readonly config: Config,
  ) {}

  /** Takes some due events, with a lease of 10 s that each step renews. */
  async take(): Promise<DueEvent[]> {
    return this.store.take();
  }

  /**
   * Creates the next deliveries of an event, in one commit.
   * @param warnings stored with the event; null: none
   * @returns the event after this step; null if all deliveries are created; undefined if nothing was stored, because
   * subscriptions changed or another worker has taken the event
   */
  async step(
    event: DueEvent,
    matches: EventMatches,
    warnings: readonly Problem[] | null,
  ): Promise<DueEvent | null | undefined> {
    const { targets, more, directoryVersion } = matches;
    const cursor = more ? matches.cursor : null;
    const { done, version, wake } = await this.store.step({
      event,
      knownVersion: event.directoryVersion === null ? directoryVersion : null,
      deliveries: eventDeliveries(
        { id: event.id, dueAt: event.deliverAt },
        targets,
        targetDefaults(this.config),
      ),
      cursor,
      warnings,
    });
    if (!done) return undefined;
    if (wake.length > 0) void this.queue.add(wake.map((deliveryId) => ({ deliveryId })));
    return cursor === null ? null : { ...event, cursor, directoryVersion: version };
  }
}
