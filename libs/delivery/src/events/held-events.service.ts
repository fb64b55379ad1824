import { Injectable } from '@nestjs/common';
import { HeldEventStore } from './held-event.store.js';

const AT_ONCE = 1_000;

/**
 * Events that were captured while their source was paused wait, due at no time. This makes them due when the source is
 * no longer paused, or was deleted. Any number of workers can do this.
 */
@Injectable()
export class HeldEvents {
  constructor(private readonly store: HeldEventStore) {}

  /** Runs until no event of a source that is not paused is held. @returns how many were released */
  async run(stop: AbortSignal): Promise<number> {
    let total = 0;
    while (!stop.aborted) {
      const released = await this.store.release(AT_ONCE);
      total += released;
      if (released === 0) break;
    }
    return total;
  }
}
