import { Injectable } from '@nestjs/common';
import { WakeUpQueue, type Transaction } from '@breakwater/platform';
import { Windows } from '../attempt/windows.service.js';
import { DeadLetterStore } from '../dead-letters/dead-letter.store.js';
import { RedeliverStore } from '../deliveries/redeliver.store.js';
import { notCancelled, notRedelivered, notResolved, succeeded, type BulkStep } from './bulk.js';
import { BulkChangeStore } from './bulk-change.store.js';

/**
 * Changes many deliveries and dead letters, in the transaction of a bulk operation's step. Each item has a result; an
 * item that cannot be changed does not end the step. After the commit, call `wake`.
 */
@Injectable()
export class BulkDeliveries {
  constructor(
    private readonly changes: BulkChangeStore,
    private readonly redeliveries: RedeliverStore,
    private readonly letters: DeadLetterStore,
    private readonly windows: Windows,
    private readonly queue: WakeUpQueue,
  ) {}

  /** Sends finished deliveries again. */
  async redeliver(transaction: Transaction, ids: string[], actor: string): Promise<BulkStep> {
    const again = await this.redeliveries.redeliverIn(transaction, ids, actor);
    const done = new Set(again.map(({ id }) => id));
    const found = await this.changes.deliveries(transaction, without(ids, done));
    const results = ids.map((id) => (done.has(id) ? succeeded(id) : notRedelivered(found.get(id))));
    return { results, wake: { deliveryIds: [], endpointIds: again.map(({ endpointId }) => endpointId) } };
  }

  /** Cancels waiting deliveries. */
  async cancel(transaction: Transaction, ids: string[], actor: string): Promise<BulkStep> {
    const cancelled = await this.redeliveries.cancelIn(transaction, ids, actor);
    const done = new Set(cancelled.map(({ id }) => id));
    const found = await this.changes.deliveries(transaction, without(ids, done));
    const results = ids.map((id) => (done.has(id) ? succeeded(id) : notCancelled(found.get(id))));
    return { results, wake: { deliveryIds: [], endpointIds: cancelled.map(({ endpointId }) => endpointId) } };
  }

  /** Resolves dead letters. */
  async resolve(
    transaction: Transaction,
    ids: string[],
    by: { actor: string; notes: string | null },
  ): Promise<BulkStep> {
    const resolved = await this.letters.resolveIn(transaction, ids, by);
    const done = new Map(resolved.map(({ id, deliveryId }) => [id, deliveryId]));
    const found = await this.changes.deadLetters(transaction, without(ids, done));
    const results = ids.map((id) => {
      const deliveryId = done.get(id);
      return deliveryId === undefined ? notResolved(found.get(id)) : succeeded(deliveryId);
    });
    return { results, wake: { deliveryIds: [], endpointIds: [] } };
  }

  /** Wakes what a committed step has made due. If this is lost, the sweeper does it. */
  async wake({ deliveryIds, endpointIds }: BulkStep['wake']): Promise<void> {
    if (deliveryIds.length > 0) await this.queue.add(deliveryIds.map((deliveryId) => ({ deliveryId })));
    if (endpointIds.length > 0) await this.windows.promote(...new Set(endpointIds));
  }
}

function without(ids: readonly string[], done: { has(id: string): boolean }): string[] {
  return ids.filter((id) => !done.has(id));
}
