import { Injectable } from '@nestjs/common';
import { Config, WakeUpQueue } from '@breakwater/platform';
import { eventDeliveries } from './event-deliveries.js';
import type { DueEvent, EventMatches } from './event.js';
import { FanOutStore } from './fan-out.store.js';
import { targetDefaults } from './target-defaults.js';

/** Makes the deliveries of stored events: of those due later, of those published by SQL, and of those with many. */
@Injectable()
export class EventFanOut {
  constructor(
    private readonly store: FanOutStore,
    private readonly queue: WakeUpQueue,
    private readonly config: Config,
  ) {}

  /** Some that are due. Other workers leave them alone for 10 s from their last step on. */
  async take(): Promise<DueEvent[]> {
    return this.store.take();
  }

  /**
   * Makes the next deliveries of an event, in one commit.
   * @returns the event as it is after that, null when all are made; undefined when nothing was stored: subscriptions
   * changed, or another worker is at it
   */
  async step(event: DueEvent, matches: EventMatches): Promise<DueEvent | null | undefined> {
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
    });
    if (!done) return undefined;
    if (wake.length > 0) void this.queue.add(wake.map((deliveryId) => ({ deliveryId })));
    return cursor === null ? null : { ...event, cursor, directoryVersion: version };
  }
}
