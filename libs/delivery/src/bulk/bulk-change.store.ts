import { Injectable } from '@nestjs/common';
import { clientOf, Columns, Config, type Transaction } from '@breakwater/platform';
import { EVENT_DELIVERY, makeDeliveries } from '../events/make-deliveries.store.js';
import type { NewEventDelivery } from '../events/event-deliveries.js';
import type { FoundDelivery } from './bulk.js';
import { HISTORY } from './bulk-source.store.js';
import type { ReplayHistory, ReplayPair } from './replay.js';

/** A delivery of a replay. */
export interface NewReplay extends NewEventDelivery {
  operationId: string;
  /** The first delivery of the event to the endpoint; null: there was none. */
  replayOf: string | null;
  /** Null: the URL of the endpoint. */
  targetUrl: string | null;
}

const REPLAYS = new Columns<NewReplay>({
  ...EVENT_DELIVERY,
  operation_id: ['uuid', (row) => row.operationId],
  replay_of: ['uuid', (row) => row.replayOf],
  target_url: ['text', (row) => row.targetUrl],
});
const [MAX_AGE_MS, ENFORCES] = REPLAYS.further(2);

// The bodies stay in the events. Indexes: events_pkey, deliveries_window_idx.
const REPLAY = `
WITH given AS (
  SELECT * FROM unnest(${REPLAYS.arrays}) WITH ORDINALITY AS g(${REPLAYS.names}, place)
), going AS (
  SELECT v.id, v.type, v.request_id, v.content_type, v.trace_parent FROM events v
  WHERE v.id IN (SELECT event_id FROM given)
), ${makeDeliveries({ enforces: ENFORCES!, maxAgeMs: MAX_AGE_MS! }, ['operation_id', 'replay_of', 'target_url'])}
SELECT ARRAY(SELECT id FROM made) AS made, ARRAY(SELECT id FROM made WHERE enqueue) AS wake,
  ARRAY(SELECT id FROM going) AS events`;

// Index: deliveries_pkey.
const FOUND = `
SELECT d.id, d.status, gate.takes_deliveries AS "takesDeliveries"
FROM deliveries d LEFT JOIN LATERAL endpoint_gate(d.endpoint_id) gate ON true
WHERE d.id = ANY ($1::uuid[])`;

const FOUND_LETTERS = `
SELECT id, delivery_id AS "deliveryId" FROM webhook_dead_letter_queue WHERE id = ANY ($1::uuid[])`;

/** Statements of a bulk operation's step, all in the transaction of that step. */
@Injectable()
export class BulkChangeStore {
  constructor(private readonly config: Config) {}

  /** Creates deliveries of stored events. It skips endpoints that are disabled or gone, and events that are gone. */
  async replay(
    transaction: Transaction,
    rows: readonly NewReplay[],
  ): Promise<{ made: string[]; wake: string[]; events: string[] }> {
    const { delivery, circuitBreaker } = this.config;
    const values = [...REPLAYS.values(rows), delivery.maxAgeMs, circuitBreaker.mode === 'enforce'];
    type Row = { made: string[]; wake: string[]; events: string[] };
    const result = await clientOf(transaction).query<Row>(REPLAY, values);
    return result.rows[0]!;
  }

  /** The deliveries of each pair that has some. */
  async histories(transaction: Transaction, pairs: readonly ReplayPair[]): Promise<ReplayHistory[]> {
    const values = [pairs.map(({ eventId }) => eventId), pairs.map(({ endpointId }) => endpointId)];
    return (await clientOf(transaction).query<ReplayHistory>(HISTORY, values)).rows;
  }

  async deliveries(transaction: Transaction, ids: readonly string[]): Promise<Map<string, FoundDelivery>> {
    const { rows } = await clientOf(transaction).query<FoundDelivery>(FOUND, [ids]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  async deadLetters(
    transaction: Transaction,
    ids: readonly string[],
  ): Promise<Map<string, { deliveryId: string }>> {
    const found = await clientOf(transaction).query<{ id: string; deliveryId: string }>(FOUND_LETTERS, [ids]);
    return new Map(found.rows.map((row) => [row.id, row]));
  }
}
