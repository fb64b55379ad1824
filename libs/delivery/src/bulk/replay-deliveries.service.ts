import { Injectable } from '@nestjs/common';
import { EndpointDirectory } from '@breakwater/manifest';
import { Config, newId, type Transaction } from '@breakwater/platform';
import { targetDefaults } from '../events/target-defaults.js';
import { skipped, succeeded, type BulkResult, type BulkStep } from './bulk.js';
import { BulkChangeStore, type NewReplay } from './bulk-change.store.js';
import { keyOf, notCreated, whyNotReplayed, type ReplayPair, type ReplayResult } from './replay.js';

/** A step of a replay. */
export interface ReplayStep {
  operationId: string;
  wanted: ReplayResult;
  /** Null: the URLs of the subscriptions. */
  url: string | null;
  pairs: readonly ReplayPair[];
}

/** Delivers stored events again. The events and their earlier deliveries are not changed. */
@Injectable()
export class ReplayDeliveries {
  constructor(
    private readonly changes: BulkChangeStore,
    private readonly endpoints: EndpointDirectory,
    private readonly config: Config,
  ) {}

  /** Creates a new delivery of each event to its endpoint. */
  async replay(transaction: Transaction, { operationId, wanted, url, pairs }: ReplayStep): Promise<BulkStep> {
    const histories = new Map(
      (await this.changes.histories(transaction, pairs)).map((history) => [keyOf(history), history]),
    );
    const refusals = pairs.map((pair) => whyNotReplayed(wanted, histories.get(keyOf(pair))));
    const endpoints = await this.endpoints.byIds(pairs.map(({ endpointId }) => endpointId));
    const defaults = targetDefaults(this.config);
    const rows = pairs.map((pair, index): NewReplay | null => {
      if (refusals[index] !== null) return null;
      const endpoint = endpoints.get(pair.endpointId);
      return {
        ...pair,
        id: newId(),
        timeoutMs: endpoint?.timeoutMs ?? defaults.timeoutMs,
        maxAttempts: defaults.maxAttemptsOf(endpoint?.retry ?? null),
        operationId,
        replayOf: histories.get(keyOf(pair))?.firstId ?? null,
        targetUrl: url,
      };
    });
    const { made, wake, events } = await this.changes.replay(
      transaction,
      rows.filter((row) => row !== null),
    );
    const [created, stored] = [new Set(made), new Set(events)];
    const results = rows.map((row, index): BulkResult => {
      if (row === null) return skipped(refusals[index]!);
      if (created.has(row.id)) return succeeded(row.id);
      return notCreated(endpoints.get(row.endpointId), stored.has(row.eventId));
    });
    return { results, wake: { deliveryIds: wake, endpointIds: [] } };
  }
}
