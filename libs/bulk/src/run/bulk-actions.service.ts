import { Injectable } from '@nestjs/common';
import {
  BulkDeliveries,
  BulkSources,
  ReplayDeliveries,
  type BulkPage,
  type BulkStep,
} from '@breakwater/delivery';
import { ReplayCandidates } from '@breakwater/events';
import { compileTypes } from '@breakwater/filter';
import type { Transaction } from '@breakwater/platform';
import type { BulkItem } from '../operations/operation.store.js';
import { datesOf } from './dates-of.js';
import type { HeldOperation } from './step.store.js';

/** What each kind of operation reads and does. */
@Injectable()
export class BulkActions {
  constructor(
    private readonly sources: BulkSources,
    private readonly replays: ReplayCandidates,
    private readonly replaying: ReplayDeliveries,
    private readonly deliveries: BulkDeliveries,
  ) {}

  /** The next candidates of a plan. */
  async page({ id, kind, filter, cursor, appId }: HeldOperation, limit: number): Promise<BulkPage> {
    const { result = 'all', types, ...rest } = datesOf(filter);
    const read = { filter: rest, after: cursor, as: appId };
    if (kind === 'replay')
      return this.replays.page({ ...read, limit, filter: { ...rest, result, ...(types ? { types } : {}) } });
    const page =
      kind === 'cancel'
        ? await this.sources.waiting(read, id)
        : await this.sources.deadLetters(kind === 'resolve' ? 'letter' : 'delivery', read);
    if (!types) return page;
    const takesType = compileTypes(types);
    return { ...page, candidates: page.candidates.filter(({ type }) => takesType(type)) };
  }

  /** Does a step of an operation, in its transaction. */
  async apply(
    transaction: Transaction,
    operation: HeldOperation,
    items: readonly BulkItem[],
  ): Promise<BulkStep> {
    const actor = operation.startedBy ?? operation.createdBy;
    const ids = items.map(({ subjectId }) => subjectId);
    switch (operation.kind) {
      case 'replay':
        return this.replaying.replay(transaction, {
          operationId: operation.id,
          wanted: operation.filter.result ?? 'all',
          url: operation.url,
          pairs: items.map(({ subjectId, endpointId }) => ({ eventId: subjectId, endpointId })),
        });
      case 'redeliver':
        return this.deliveries.redeliver(transaction, ids, actor);
      case 'cancel':
        return this.deliveries.cancel(transaction, ids, actor);
      case 'resolve':
        return this.deliveries.resolve(transaction, ids, { actor, notes: operation.notes });
    }
  }

  /** Wakes what a committed step has made due. */
  async wake(step: BulkStep): Promise<void> {
    await this.deliveries.wake(step.wake);
  }
}
