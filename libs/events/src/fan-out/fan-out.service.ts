import { Injectable, Logger } from '@nestjs/common';
import { EventFanOut, type DueEvent } from '@breakwater/delivery';
import type { Problem } from '@breakwater/platform';
import { EventCatalogue } from '../catalogue/event-catalogue.service.js';
import { matchesOf } from '../directory/directory.js';
import { matchableEvent } from '../directory/matchable-event.js';
import { SubscriptionDirectory } from '../directory/subscription-directory.service.js';

/** Hint channel that announces events to fan out. */
export const FAN_OUT_CHANNEL = 'fan_out';

/** Maximum number of deliveries created in one commit. */
const STEP = 1_000;
/** Maximum consecutive failed steps of an event because subscriptions changed; then its lease must expire first. */
const TRIES = 10;

/**
 * Creates the deliveries that were not stored with their event: the event is due later, was published by SQL, or has
 * many subscriptions. Any number of workers can do this, and each can crash at any time.
 */
@Injectable()
export class FanOut {
  private readonly log = new Logger(FanOut.name);

  constructor(
    private readonly events: EventFanOut,
    private readonly directory: SubscriptionDirectory,
    private readonly catalogue: EventCatalogue,
  ) {}

  /** Runs until no event is due. @returns the number of events taken */
  async run(stop: AbortSignal): Promise<number> {
    for (let count = 0; ;) {
      const due = stop.aborted ? [] : await this.events.take();
      if (due.length === 0) return count;
      await Promise.all(due.map((event) => this.fanOut(event, stop)));
      count += due.length;
    }
  }

  private async fanOut(event: DueEvent, stop: AbortSignal): Promise<void> {
    try {
      await this.steps(event, stop);
    } catch (error) {
      // After the lease expires, a worker continues from the cursor.
      this.log.warn(`event ${event.id} is not fanned out yet: ${(error as Error).message}`);
    }
  }

  private async steps(event: DueEvent, stop: AbortSignal): Promise<void> {
    const matchable = matchableEvent(event);
    const warnings = await this.warningsOf(event);
    let triesLeft = TRIES;
    for (let now = event; !stop.aborted && triesLeft > 0;) {
      const { appId, directoryVersion } = now;
      const directory =
        directoryVersion === null
          ? await this.directory.for(appId)
          : await this.directory.at(appId, directoryVersion);
      const matches = matchesOf(directory, matchable, { after: now.cursor, limit: STEP });
      const next = await this.events.step(now, matches, warnings);
      if (next === null) return;
      if (next) {
        now = next;
        triesLeft = TRIES;
      } else if (directoryVersion === null) {
        this.directory.behind(appId);
        triesLeft--;
      } else return; // another worker has taken the event
    }
  }

  /**
   * An event that was published by SQL is checked here. It is committed already, so it is delivered whatever the
   * catalogue says of it.
   */
  private async warningsOf({
    id,
    requestId,
    type,
    body,
    directoryVersion,
  }: DueEvent): Promise<Problem[] | null> {
    // `breakwater.publish` gives an event its own id as request id.
    if (requestId !== id || directoryVersion !== null) return null;
    const [check] = await this.catalogue.check([{ type, body, pointer: '' }]);
    const warnings = [...check!.refused, ...check!.warnings];
    return warnings.length === 0 ? null : warnings;
  }
}
