import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config, Tracing, WakeUpQueue } from '@breakwater/platform';
import { CaptureStore } from './capture.store.js';
import type { CaptureNote, NewCapture, StoredCapture } from './capture.js';
import { eventDeliveries } from './event-deliveries.js';
import type { EventMatches } from './event.js';
import { targetDefaults } from './target-defaults.js';

/** Stores captured requests with their events and deliveries in one commit, and wakes the deliveries. */
@Injectable()
export class AcceptCaptures {
  constructor(
    private readonly store: CaptureStore,
    private readonly queue: WakeUpQueue,
    private readonly tracing: Tracing,
    private readonly config: Config,
  ) {}

  /**
   * @param matches null: a worker matches it
   * @returns null if subscriptions changed after matching, and nothing was stored
   * @throws DatabaseTimeoutError if the result is not known in time; it may be stored
   */
  async accept(capture: NewCapture, matches: EventMatches | null): Promise<StoredCapture | null> {
    return this.tracing.span('capture request', { kind: 'producer', attributes: {} }, async (span) => {
      const { targets = [], more = false, cursor = null, directoryVersion = null } = matches ?? {};
      const { behind, eventId, held, wake } = await this.store.accept({
        capture,
        key: keyOf(capture),
        traceParent: span.traceparent ?? null,
        directoryVersion,
        cursor: more ? cursor : null,
        more,
        deliveries: eventDeliveries({ id: capture.id, dueAt: null }, targets, targetDefaults(this.config)),
      });
      if (behind) return null;
      if (eventId !== capture.id) return { kind: 'duplicate', eventId };
      // The sender does not wait for the hint: the rows are committed, and the sweeper repeats a lost one.
      if (wake.length > 0) void this.queue.add(wake.map((deliveryId) => ({ deliveryId })));
      const isAll = matches !== null && !more && !held;
      return { kind: 'accepted', eventId, deliveries: isAll ? targets.length : null, held };
    });
  }

  /** Keeps a request that does not become an event. @throws DatabaseTimeoutError */
  async note(note: CaptureNote): Promise<void> {
    await this.store.note(note);
  }
}

function keyOf({ dedupeId, body }: NewCapture): { key: string; digest: string } | null {
  return dedupeId === null
    ? null
    : { key: dedupeId, digest: createHash('sha256').update(body).digest('hex') };
}
