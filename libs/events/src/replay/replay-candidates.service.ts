import { Injectable } from '@nestjs/common';
import { BulkSources, keyOf, whyNotReplayed, type BulkPage, type ReplayResult } from '@breakwater/delivery';
import { compileTypes } from '@breakwater/filter';
import { matchesOf } from '../directory/directory.js';
import { matchableEvent } from '../directory/matchable-event.js';
import { SubscriptionDirectory } from '../directory/subscription-directory.service.js';
import { EventNotFoundError } from '../stories/event.error.js';
import { ReplayableEventStore, type ReplayableEvent } from './replayable-event.store.js';

/** Which events are replayed, and to which subscriptions. */
export interface ReplayFilter {
  /** One event. */
  eventId?: string;
  /** The app whose events. */
  appId?: string;
  /** Types and patterns such as `order.*`. */
  types?: readonly string[];
  from?: Date;
  to?: Date;
  /** One subscription. */
  endpointId?: string;
  result: ReplayResult;
}

type Candidate = BulkPage['candidates'][number];

/**
 * Finds the events to replay and the subscriptions that match them as they are now. A subscription that is disabled or
 * was deleted gets nothing.
 */
@Injectable()
export class ReplayCandidates {
  constructor(
    private readonly events: ReplayableEventStore,
    private readonly directory: SubscriptionDirectory,
    private readonly sources: BulkSources,
  ) {}

  /**
   * @param as the app that reads, which sees its own events and subscriptions; null for the platform
   * @throws EventNotFoundError
   */
  async require(eventId: string, as: string | null): Promise<void> {
    if (!(await this.events.has(eventId, as))) throw new EventNotFoundError(eventId);
  }

  /**
   * The next candidates in the order of events and endpoints.
   * @param after `next` of the previous page: the last event, or the last event and endpoint; null: from the start
   * @param limit maximum number of events that are read, and of candidates
   */
  async page({
    filter,
    after,
    limit,
    as,
  }: {
    filter: ReplayFilter;
    after: string | null;
    limit: number;
    as: string | null;
  }): Promise<BulkPage> {
    const { types } = filter;
    const isExact = types?.every((type) => !type.includes('*')) ?? false;
    const takesType = types ? compileTypes(types) : () => true;
    const [lastId = null, lastEndpoint = null] = after?.split(' ') ?? [];
    const events = await this.events.page(
      { ...filter, types: isExact ? types! : null },
      { start: lastId, limit: limit + 1, as },
    );
    const found: Candidate[] = [];
    let next: string | null = null;
    for (const event of events) {
      // The page begins with the last event of the previous page, unless that is gone.
      if (event.id === lastId && lastEndpoint === null) continue;
      if (found.length >= limit) break;
      if (takesType(event.type)) {
        const from = event.id === lastId ? lastEndpoint : null;
        const { matching, more } = await this.matching(event, {
          filter,
          from,
          limit: limit - found.length,
          as,
        });
        found.push(...matching);
        const last = matching.at(-1)?.endpointId ?? from;
        if (more) return this.wanted(found, filter, `${event.id}${last === null ? '' : ` ${last}`}`, as);
      }
      next = event.id;
    }
    return this.wanted(found, filter, next, as);
  }

  /** The subscriptions that match an event, after an endpoint. */
  private async matching(
    event: ReplayableEvent,
    {
      filter,
      from,
      limit,
      as,
    }: { filter: ReplayFilter; from: string | null; limit: number; as: string | null },
  ): Promise<{ matching: Candidate[]; more: boolean }> {
    const directory = await this.directory.for(event.appId);
    const isAsked = ({ appId, endpointId }: { appId: string; endpointId: string }): boolean =>
      (as === null || appId === as) && (filter.endpointId ?? endpointId) === endpointId;
    const asked = { ...directory, subscriptions: directory.subscriptions.filter(isAsked) };
    const { targets, more } = matchesOf(asked, matchableEvent(event), { after: from, limit });
    const matching = targets.map(({ endpointId, appId }) => {
      return { subjectId: event.id, endpointId, appId, type: event.type };
    });
    return { matching, more };
  }

  private async wanted(
    found: readonly Candidate[],
    { result }: ReplayFilter,
    next: string | null,
    as: string | null,
  ): Promise<BulkPage> {
    if (result === 'all') return { candidates: [...found], next };
    const pairOf = ({ subjectId, endpointId }: Candidate) => ({ eventId: subjectId, endpointId });
    const histories = await this.sources.histories(found.map(pairOf), as);
    const candidates = found.filter(
      (one) => whyNotReplayed(result, histories.get(keyOf(pairOf(one)))) === null,
    );
    return { candidates, next };
  }
}
