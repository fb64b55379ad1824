import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AcceptEvents, type EventToPublish, type NewEvent } from '@breakwater/delivery';
import { INBOUND_PREFIX, isReservedType } from '@breakwater/filter';
import { AppNotFoundError, AppRegistry } from '@breakwater/manifest';
import { newId, type Problem } from '@breakwater/platform';
import { EventCatalogue } from '../catalogue/event-catalogue.service.js';
import { EventRefusedError, EventTypeReservedError } from '../catalogue/event-type.error.js';
import { matchesOf } from '../directory/directory.js';
import { matchableEvent } from '../directory/matchable-event.js';
import { SubscriptionDirectory } from '../directory/subscription-directory.service.js';

/** A validated request to publish an event. */
export interface EventRequest {
  /** Null: an event of the platform, for the subscriptions of all apps. */
  appId: string | null;
  type: string;
  /** Stored and sent unchanged. */
  body: Buffer;
  metadata: Record<string, unknown> | null;
  requestId: string;
  publishedBy: string;
  /** When the event is matched and its deliveries are created; null: now. */
  deliverAt: Date | null;
  idempotencyKey: string | null;
  /** Where it is in its request, as a JSON pointer; by default it is the request itself. */
  pointer?: string;
}

export type PublishReport =
  | {
      kind: 'published';
      eventId: string;
      /** Null: a worker creates them, because the event is due later or has many subscriptions. */
      deliveries: number | null;
      /** How it differs from the schema of its type, if that only warns. */
      warnings: readonly Problem[];
    }
  | { kind: 'replayed'; eventId: string }
  | { kind: 'conflict'; key: string };

/** Maximum number of deliveries created in the commit of their events; a worker creates the rest. */
export const MADE_AT_ONCE = 1_000;
/** Maximum tries when subscriptions change during matching; after that a worker matches the event. */
export const MATCH_TRIES = 5;

/**
 * Stores events with a delivery for each matching subscription.
 * @see docs/adr/0030-events-are-stored-once.md
 */
@Injectable()
export class PublishEvents {
  constructor(
    private readonly directory: SubscriptionDirectory,
    private readonly events: AcceptEvents,
    private readonly apps: AppRegistry,
    private readonly catalogue: EventCatalogue,
  ) {}

  /**
   * Stores all events in one commit, or none.
   * @throws AppNotFoundError, DatabaseTimeoutError; EventTypeReservedError if only Breakwater creates events of the type;
   * EventRefusedError if one differs from the catalogue of event types
   */
  async publish(requests: readonly EventRequest[]): Promise<PublishReport[]> {
    const events = await this.checked(requests);
    for (let tries = 1; ; tries++) {
      const toPublish = await this.matched(requests, events, tries <= MATCH_TRIES);
      const published = await this.events.accept(toPublish);
      if (published === null) {
        for (const { appId } of requests) this.directory.behind(appId);
        continue;
      }
      return published.map((one, index) => (one.kind === 'published' ? reportOf(toPublish[index]!) : one));
    }
  }

  private async checked(requests: readonly EventRequest[]): Promise<NewEvent[]> {
    const reserved = requests.filter(({ type }) => isReservedType(type)).map(reservedProblem);
    if (reserved.length > 0) throw new EventTypeReservedError(reserved);
    const checks = await this.catalogue.check(
      requests.map(({ type, body, pointer = '' }) => ({ type, body, pointer })),
    );
    const events = requests.map((request, index) => newEvent(request, checks[index]!.warnings));
    const differing = events.filter((_, index) => checks[index]!.refused.length > 0);
    if (differing.length === 0) return events;
    // A publisher who did not get the answer sends the event again, also if the schema was changed since then.
    const repeated = await this.events.repeated(differing);
    const problems = checks.flatMap(({ refused }, index) => (repeated.has(events[index]!.id) ? [] : refused));
    if (problems.length > 0) throw new EventRefusedError(problems);
    return events;
  }

  private async matched(
    requests: readonly EventRequest[],
    events: readonly NewEvent[],
    mayMatch: boolean,
  ): Promise<EventToPublish[]> {
    let left = MADE_AT_ONCE;
    const matched: EventToPublish[] = [];
    for (const [index, event] of events.entries()) {
      const directory = await this.directory.for(event.appId);
      // An app without subscriptions may not exist: this throws if so.
      if (event.appId !== null && directory.subscriptions.length === 0)
        await this.requireApp(event.appId, requests[index]!);
      const isNow = event.deliverAt === null && mayMatch;
      const matchable = matchableEvent({ ...requests[index]!, headers: null });
      const matches = isNow ? matchesOf(directory, matchable, { after: null, limit: left }) : null;
      left -= matches?.targets.length ?? 0;
      matched.push({ event, matches });
    }
    return matched;
  }

  private async requireApp(appId: string, { pointer }: EventRequest): Promise<void> {
    try {
      await this.apps.get(appId);
    } catch (error) {
      if (pointer === undefined || !(error instanceof AppNotFoundError)) throw error;
      throw new AppNotFoundError(appId, `${pointer}/appId`);
    }
  }
}

function reservedProblem({ type, pointer = '' }: EventRequest): Problem {
  const message = `type must not start with "${INBOUND_PREFIX}", which is reserved for captured requests: take another type`;
  return { pointer: `${pointer}/type`, rule: 'reserved', message, value: type };
}

function newEvent(request: EventRequest, warnings: readonly Problem[]): NewEvent {
  const { appId, type, body, metadata, requestId, publishedBy, deliverAt, idempotencyKey } = request;
  return {
    id: newId(),
    appId,
    type,
    body,
    contentType: 'application/json',
    metadata,
    requestId,
    publishedBy: publishedBy.slice(0, 255),
    deliverAt,
    idempotency: idempotencyKey === null ? null : { key: idempotencyKey, digest: digestOf(request) },
    warnings: warnings.length === 0 ? null : warnings,
  };
}

function reportOf({ event, matches }: EventToPublish): PublishReport {
  const deliveries = matches && !matches.more ? matches.targets.length : null;
  return { kind: 'published', eventId: event.id, deliveries, warnings: event.warnings ?? [] };
}

/** Two events with the same key and digest are the same event. `breakwater.publish` computes the same digest. */
function digestOf({ type, body }: EventRequest): string {
  return createHash('sha256').update(type).update('\0').update(body).digest('hex');
}
