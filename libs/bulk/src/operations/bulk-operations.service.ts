import { Injectable } from '@nestjs/common';
import { IdempotencyConflictError, type ReplayResult } from '@breakwater/delivery';
import { ReplayCandidates } from '@breakwater/events';
import { Subscriptions, UrlCheck } from '@breakwater/manifest';
import { HintBus, isId, newId, pointerTo, readable, type Problem } from '@breakwater/platform';
import {
  BulkFilterInvalidError,
  BulkOperationNotFoundError,
  BulkOperationStateError,
} from '../bulk.error.js';
import { BULK_CHANNEL, BulkRunner } from '../run/bulk-runner.service.js';
import {
  filterFaults,
  isSameRequest,
  PER_SECOND_MAX,
  type BulkKind,
  type BulkOperation,
  type BulkStatus,
  type FilterFault,
  type ItemResult,
  type StoredFilter,
} from './bulk-operation.js';
import { OperationStore, type BulkEndpoint, type BulkItem } from './operation.store.js';

/** A bulk operation to plan. */
export interface BulkRequest {
  kind: BulkKind;
  filter: Omit<StoredFilter, 'endpointId'> & {
    /** The id of a subscription, or its name with `appId`. */
    subscription?: string;
  };
  /** Replay to another URL; null: to the URLs of the subscriptions. */
  url: string | null;
  /** Of the resolved dead letters. */
  notes: string | null;
  perSecond: number;
  /** Whether it runs as soon as it is planned. */
  atOnce: boolean;
  /** The same key and request are one operation. */
  idempotencyKey: string | null;
}

/** A replay of one event. */
export interface EventReplay {
  eventId: string;
  /** The app of a subscription that is given by its name. */
  appId: string | undefined;
  /** The id of a subscription, or its name; undefined: all that match. */
  subscription: string | undefined;
  result: ReplayResult;
  url: string | null;
  idempotencyKey: string | null;
}

/** Who asks. */
export interface BulkActor {
  name: string;
  /** The app whose key is used, which has operations of its own; null for the platform. */
  appId: string | null;
}

/** An operation, with what it does to which endpoints. */
export interface BulkStory {
  operation: BulkOperation;
  /** The first items. */
  sample: BulkItem[];
  /** At most ENDPOINTS_SHOWN, those with the most items first. */
  endpoints: BulkEndpoint[];
}

/** Items that a plan shows. */
const SAMPLE = 5;
/** Endpoints that a plan shows. */
export const ENDPOINTS_SHOWN = 100;
/** Steps that are made before the answer; workers make the others. */
const STEPS_AT_ONCE = 6;

/** What people do with bulk operations. An operation of another app is treated as missing. */
@Injectable()
export class BulkOperations {
  constructor(
    private readonly store: OperationStore,
    private readonly runner: BulkRunner,
    private readonly events: ReplayCandidates,
    private readonly subscriptions: Subscriptions,
    private readonly urls: UrlCheck,
    private readonly hints: HintBus,
  ) {}

  /**
   * Stores an operation and plans it. A large plan is still in progress in the answer; workers continue it.
   * @throws BulkFilterInvalidError, SubscriptionNotFoundError, EventNotFoundError, SsrfBlockedError,
   * IdempotencyConflictError
   */
  async plan(request: BulkRequest, actor: BulkActor): Promise<BulkStory> {
    const filter = await this.filterOf(request, actor);
    const { kind, url, notes, perSecond, atOnce, idempotencyKey } = request;
    if (filter.eventId !== undefined) await this.events.require(filter.eventId, actor.appId);
    if (url !== null) await this.urls.require([{ pointer: '/url', url }]);
    const operation = { id: newId(), appId: actor.appId, kind, filter, url, notes, perSecond, atOnce };
    const created = await this.store.create({ ...operation, createdBy: actor.name, idempotencyKey });
    if (!created) return this.storyOf(await this.earlier(operation, idempotencyKey!));
    await this.runner.begin(created.id, STEPS_AT_ONCE);
    const now = await this.find(created.id, actor.appId);
    if (now.status === 'planning' || now.status === 'running') await this.hints.publish(BULK_CHANNEL, '');
    return this.storyOf(now);
  }

  /** Replays one event: an operation that runs at once. @throws the same as `plan` */
  async replayEvent(
    { eventId, appId, subscription, result, url, idempotencyKey }: EventReplay,
    actor: BulkActor,
  ): Promise<BulkStory> {
    const isNamed = subscription !== undefined && !isId(subscription);
    const owner = actor.appId ?? appId;
    if (isNamed && owner === undefined)
      throw new BulkFilterInvalidError([{ pointer: '/appId', ...APP_MISSING }]);
    if (subscription === undefined && actor.appId === null && appId !== undefined)
      throw new BulkFilterInvalidError([{ ...APP_ALONE, value: readable(appId) }]);
    const endpointId = isNamed ? (await this.subscriptions.get(owner!, subscription)).id : subscription;
    const filter = { eventId, result, ...(endpointId === undefined ? {} : { subscription: endpointId }) };
    const request = { kind: 'replay', filter, url, notes: null, perSecond: PER_SECOND_MAX } as const;
    return this.plan({ ...request, atOnce: true, idempotencyKey }, actor);
  }

  /** @throws BulkOperationNotFoundError, BulkOperationStateError */
  async run(id: string, actor: BulkActor): Promise<BulkStory> {
    await this.find(id, actor.appId);
    const running = await this.store.run(id, actor.name);
    if (!running) {
      const { status, error } = await this.find(id, actor.appId);
      throw new BulkOperationStateError(id, 'run', status, error);
    }
    return this.storyOf(running);
  }

  /** A step in progress is finished first. @throws BulkOperationNotFoundError, BulkOperationStateError */
  async cancel(id: string, actor: BulkActor): Promise<BulkStory> {
    await this.find(id, actor.appId);
    const cancelled = await this.store.cancel(id);
    if (!cancelled) {
      const { status, error } = await this.find(id, actor.appId);
      throw new BulkOperationStateError(id, 'cancelled', status, error);
    }
    return this.storyOf(cancelled);
  }

  /** @throws BulkOperationNotFoundError */
  async get(id: string, as: string | null): Promise<BulkStory> {
    return this.storyOf(await this.find(id, as));
  }

  /** Newest first. */
  async list(
    filter: { kind?: BulkKind; status?: BulkStatus; after?: string; limit: number },
    as: string | null,
  ): Promise<BulkOperation[]> {
    return this.store.list(filter, as);
  }

  /** In the order in which they are done. @throws BulkOperationNotFoundError */
  async items(
    id: string,
    page: { result?: ItemResult; after: number; limit: number },
    as: string | null,
  ): Promise<BulkItem[]> {
    await this.find(id, as);
    return this.store.items(id, page, as);
  }

  private async storyOf(operation: BulkOperation): Promise<BulkStory> {
    const { id, appId } = operation;
    const [sample, endpoints] = await Promise.all([
      this.store.items(id, { after: 0, limit: SAMPLE }, appId),
      this.store.endpoints(id, ENDPOINTS_SHOWN),
    ]);
    return { operation, sample, endpoints };
  }

  private async find(id: string, as: string | null): Promise<BulkOperation> {
    const operation = await this.store.find(id, as);
    if (!operation) throw new BulkOperationNotFoundError(id);
    return operation;
  }

  private async earlier(
    operation: Pick<BulkOperation, 'appId' | 'kind' | 'filter' | 'url' | 'notes' | 'perSecond'>,
    key: string,
  ): Promise<BulkOperation> {
    const earlier = await this.store.ofKey(operation.appId, key);
    if (!earlier || !isSameRequest(earlier, operation)) throw new IdempotencyConflictError(key);
    return earlier;
  }

  /** The filter as it is stored: a subscription by its id, and an app's own key only its own app. */
  private async filterOf(
    { kind, filter, url }: BulkRequest,
    { appId: own }: BulkActor,
  ): Promise<StoredFilter> {
    const { subscription, ...rest } = filter;
    const appId = own ?? rest.appId;
    const isNamed = subscription !== undefined && !isId(subscription);
    const faults = filterFaults(kind, {
      ...rest,
      ...(subscription === undefined ? {} : { endpointId: subscription }),
    });
    if (isNamed && appId === undefined) faults.push({ member: 'appId', ...APP_MISSING });
    const problems = faults.map(problemOf);
    if (kind !== 'replay' && url !== null) problems.push(urlProblem(kind));
    if (problems.length > 0) throw new BulkFilterInvalidError(problems);
    if (subscription === undefined) return rest;
    if (!isNamed) return { ...rest, endpointId: subscription.toLowerCase() };
    return { ...rest, endpointId: (await this.subscriptions.get(appId!, subscription)).id };
  }
}

const APP_MISSING = { rule: 'required', message: 'is required with the name of a subscription' } as const;

/** The replay would reach the subscriptions of all apps. */
const APP_ALONE: Problem = {
  pointer: '/appId',
  rule: 'kind',
  message: 'is the app of a subscription: name the subscription too, or leave it out to replay to all',
};

function urlProblem(kind: BulkKind): Problem {
  return { pointer: '/url', rule: 'kind', message: `has no meaning for ${kind}: only a replay has one` };
}

function problemOf({ member, rule, message }: FilterFault): Problem {
  return { pointer: member === null ? '/filter' : pointerTo('filter', member), rule, message };
}
