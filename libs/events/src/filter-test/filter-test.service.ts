import { Injectable } from '@nestjs/common';
import { Subscriptions } from '@breakwater/manifest';
import { matchableEvent } from '../directory/matchable-event.js';
import { FilterComparison, type Sampled } from './filter-comparison.js';
import { PastEventStore, type PastEvent } from './past-events.store.js';
import { portions } from './portions.js';

/** What a draft takes of the events of the last 24 hours. */
export interface FilterReport {
  /** Number of events that were tested. */
  tested: number;
  /** Since when events were tested. */
  since: Date;
  /** Whether there are older events within 24 hours that were not tested. */
  isCut: boolean;
  /** Events that the draft takes. */
  taken: Sampled;
  /** Those of them that the subscription does not take as it is. */
  newlyTaken: Sampled;
  /** Events that the subscription takes as it is, and the draft does not. */
  noLongerTaken: Sampled;
}

const PERIOD_MS = 86_400_000;
/** Maximum number of events that are tested, the newest first. */
export const TESTED_MAX = 10_000;
/** Number of events that one statement reads. */
const PAGE = 500;
/** Maximum size of the bodies that one statement reads, and of those that one test reads, bytes. */
const PORTION_MAX_BYTES = 4 * 1024 * 1024;
const READ_MAX_BYTES = 64 * 1024 * 1024;

/** Tests a draft of a subscription's types and filter against the events of the last 24 hours. */
@Injectable()
export class FilterTest {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly events: PastEventStore,
  ) {}

  /**
   * @param changes `events` and `filter` of the draft; what is undefined is as stored
   * @throws SubscriptionNotFoundError, SubscriptionInvalidError
   */
  async run(
    appId: string,
    name: string,
    changes: { events: unknown; filter: unknown },
  ): Promise<FilterReport> {
    const { stored, draft } = await this.subscriptions.draft(appId, name, changes);
    const comparison = new FilterComparison(stored, draft);
    const since = new Date(Date.now() - PERIOD_MS);
    let tested = 0;
    let bytesLeft = READ_MAX_BYTES;
    for (let last: PastEvent | undefined; ;) {
      const page = await this.events.page(appId, since, last?.id, PAGE);
      const isLast = page.length < PAGE;
      bytesLeft -= await this.compare(page, comparison);
      tested += page.length;
      last = page.at(-1) ?? last;
      const isCut = !isLast && (tested >= TESTED_MAX || bytesLeft <= 0);
      if (!isLast && !isCut) continue;
      const { taken, newlyTaken, noLongerTaken } = comparison;
      return { tested, since: isCut ? last!.createdAt : since, isCut, taken, newlyTaken, noLongerTaken };
    }
  }

  /** @returns the number of bytes read */
  private async compare(page: readonly PastEvent[], comparison: FilterComparison): Promise<number> {
    const sized = page.map((event) => ({
      event,
      bytes: comparison.needsPayload(event.type) ? event.bytes : 0,
    }));
    for (const portion of portions(sized, PORTION_MAX_BYTES)) {
      const ids = portion.filter(({ bytes }) => bytes > 0).map(({ event }) => event.id);
      const bodies = ids.length > 0 ? await this.events.bodies(ids) : NONE;
      for (const { event } of portion) {
        const { id, type, createdAt, headers, metadata } = event;
        const body = bodies.get(id) ?? EMPTY;
        comparison.add({ id, type, createdAt }, matchableEvent({ type, body, headers, metadata }));
      }
    }
    return sized.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

const NONE: ReadonlyMap<string, Buffer> = new Map();
const EMPTY = Buffer.alloc(0);
