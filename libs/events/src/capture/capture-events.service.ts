import { Injectable } from '@nestjs/common';
import { AcceptCaptures, type NewCapture, type StoredCapture } from '@breakwater/delivery';
import { matchesOf } from '../directory/directory.js';
import { matchableEvent } from '../directory/matchable-event.js';
import { SubscriptionDirectory } from '../directory/subscription-directory.service.js';
import { MADE_AT_ONCE, MATCH_TRIES } from '../publish/publish-events.service.js';

/** Stores captured requests as events, with a delivery for each target and each subscription that matches. */
@Injectable()
export class CaptureEvents {
  constructor(
    private readonly directory: SubscriptionDirectory,
    private readonly captures: AcceptCaptures,
  ) {}

  /** @throws DatabaseTimeoutError if the result is not known in time; it may be stored */
  async store(capture: NewCapture): Promise<StoredCapture> {
    const { source, type, body, headers, metadata } = capture;
    const event = matchableEvent({ type, body, headers, metadata });
    for (let tries = 1; ; tries++) {
      const directory = tries <= MATCH_TRIES ? await this.directory.for(source.appId) : null;
      const matches = directory && matchesOf(directory, event, { after: null, limit: MADE_AT_ONCE });
      const stored = await this.captures.accept(capture, matches);
      if (stored !== null) return stored;
      this.directory.behind(source.appId);
    }
  }
}
