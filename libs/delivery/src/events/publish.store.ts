import { Injectable } from '@nestjs/common';
import { Columns, Config, Database, DatabaseTimeoutError, inTime, pack } from '@breakwater/platform';
import { EVENT_DELIVERY, makeDeliveries } from './make-deliveries.store.js';
import type { EarlierEvent, NewEventDelivery } from './event-deliveries.js';
import type { NewEvent } from './event.js';

/** An event with the deliveries that the same commit creates. */
export interface EventRow extends NewEvent {
  traceParent: string | null;
  /** Version of the subscriptions it was matched with; null: a worker matches it when it is due. */
  directoryVersion: number | null;
  /** The last endpoint of this commit, if a worker continues after it. */
  cursor: string | null;
  /** Whether a worker continues the fan-out. */
  more: boolean;
  deliveries: NewEventDelivery[];
}

export interface StoredEvents {
  /** The known version of the subscriptions is outdated: nothing was stored. */
  behind: boolean;
  /** Ids of the stored events; an event whose key was already used is not stored. */
  stored: Set<string>;
  /** Deliveries to wake. */
  wake: string[];
}

/** An event with the position of its body in the packed bytes of the batch. */
interface Placed extends EventRow {
  bodyStart: number | null;
  bodyLength: number | null;
}

const EVENTS = new Columns<Placed>({
  id: ['uuid', (row) => row.id],
  app_id: ['varchar', (row) => row.appId],
  type: ['text', (row) => row.type],
  body_start: ['integer', (row) => row.bodyStart],
  body_length: ['integer', (row) => row.bodyLength],
  content_type: ['varchar', (row) => row.contentType],
  metadata: ['text', (row) => jsonText(row.metadata)],
  warnings: ['text', (row) => jsonText(row.warnings)],
  request_id: ['varchar', (row) => row.requestId],
  trace_parent: ['varchar', (row) => row.traceParent],
  published_by: ['varchar', (row) => row.publishedBy],
  deliver_at: ['timestamptz', (row) => row.deliverAt],
  known_version: ['bigint', (row) => row.directoryVersion],
  cursor: ['uuid', (row) => row.cursor],
  more: ['boolean', (row) => row.more],
  made: ['integer', (row) => row.deliveries.length],
  key: ['varchar', (row) => row.idempotency?.key ?? null],
  digest: ['varchar', (row) => row.idempotency?.digest ?? null],
});

const DELIVERIES = new Columns<NewEventDelivery>(EVENT_DELIVERY, EVENTS);
/** The packed bodies; DELIVERY_MAX_AGE, ms; whether breakers refuse calls; retention of idempotency keys, ms. */
const [BODIES, MAX_AGE_MS, ENFORCES, KEY_TTL_MS] = DELIVERIES.further(4);

// Stores event, deliveries and idempotency key in one commit and one snapshot. If a subscription changed before and the
// directory of this process does not have the change yet, nothing is stored. Indexes: directory_versions_pkey,
// event_keys_pkey (waits for a transaction with the same key, replaces an expired key), deliveries_window_idx.
const PUBLISH = `
WITH event AS MATERIALIZED (
  SELECT * FROM unnest(${EVENTS.arrays}) AS g(${EVENTS.names})
), seen AS (
  SELECT version FROM directory_versions WHERE app_id = ''
), behind AS MATERIALIZED (
  SELECT 1 FROM event g
  WHERE g.known_version <> COALESCE((SELECT v.version FROM directory_versions v WHERE v.app_id = COALESCE(g.app_id, '')), 0)
), won AS (
  INSERT INTO event_keys AS k (scope, key, digest, event_id, expires_at)
  SELECT COALESCE(app_id, ''), key, digest, id, now() + make_interval(secs => ${KEY_TTL_MS}::float8 / 1000)
  FROM event WHERE key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM behind) ORDER BY 1, 2
  ON CONFLICT (scope, key) DO UPDATE
    SET digest = EXCLUDED.digest, event_id = EXCLUDED.event_id, expires_at = EXCLUDED.expires_at
    WHERE k.expires_at <= now()
  RETURNING event_id
), going AS MATERIALIZED (
  SELECT g.* FROM event g
  WHERE NOT EXISTS (SELECT 1 FROM behind) AND (g.key IS NULL OR g.id IN (SELECT event_id FROM won))
), stored AS (
  INSERT INTO events (id, app_id, type, body, content_type, metadata, request_id, trace_parent, published_by, deliver_at,
    directory_version, fan_out_cursor, fan_out_at, deliveries, warnings)
  SELECT g.id, g.app_id, g.type, substring(${BODIES}::bytea FROM g.body_start FOR g.body_length), g.content_type,
    g.metadata::jsonb, g.request_id, g.trace_parent, g.published_by, g.deliver_at,
    CASE WHEN g.known_version IS NOT NULL THEN seen.version END, g.cursor,
    CASE WHEN g.known_version IS NULL THEN COALESCE(g.deliver_at, now()) WHEN g.more THEN now() END, g.made,
    g.warnings::jsonb
  FROM going g CROSS JOIN seen
), given AS (
  SELECT m.* FROM unnest(${DELIVERIES.arrays}) WITH ORDINALITY AS m(${DELIVERIES.names}, place)
  WHERE m.event_id IN (SELECT id FROM going)
), ${makeDeliveries({ enforces: ENFORCES!, maxAgeMs: MAX_AGE_MS! })}
SELECT EXISTS (SELECT 1 FROM behind) AS behind, ARRAY(SELECT id FROM going) AS stored,
  ARRAY(SELECT id FROM made WHERE enqueue) AS wake,
  (SELECT count(pg_notify('fan_out', '')) FROM (SELECT 1 FROM going WHERE more OR known_version IS NULL AND deliver_at IS NULL LIMIT 1) due) AS notified`;

const EARLIER = `
SELECT k.scope, k.key, k.digest, k.event_id AS "eventId", k.expires_at > now() AS "isLive" FROM event_keys k
JOIN unnest($1::varchar[], $2::varchar[]) AS asked(scope, key) ON asked.scope = k.scope AND asked.key = k.key`;

/** Stores events with their deliveries. */
@Injectable()
export class PublishStore {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /**
   * Stores all events in one commit, or none. Each key may occur once.
   * @throws DatabaseTimeoutError if the result is not known in time; the events may be stored
   */
  async publish(rows: readonly EventRow[]): Promise<StoredEvents> {
    const { delivery, circuitBreaker } = this.config;
    const { bytes, starts, lengths } = pack(rows.map((row) => row.body));
    const events = rows.map((row, index) => ({
      ...row,
      bodyStart: starts[index] ?? null,
      bodyLength: lengths[index] ?? null,
    }));
    const values = [
      ...EVENTS.values(events),
      ...DELIVERIES.values(rows.flatMap((row) => row.deliveries)),
      bytes,
      delivery.maxAgeMs,
      circuitBreaker.mode === 'enforce',
      delivery.idempotencyTtlMs,
    ];
    const withinMs = delivery.acceptTimeoutMs;
    const statement = { name: 'publish', text: PUBLISH };
    const done = this.database.query<{ behind: boolean; stored: string[]; wake: string[] }>(
      statement,
      values,
      {
        withinMs,
      },
    );
    const [row] = await inTime(done, withinMs, () => new DatabaseTimeoutError('storing the event', withinMs));
    return { behind: row!.behind, stored: new Set(row!.stored), wake: row!.wake };
  }

  /** The events that the keys were first used for. */
  async earlier(keys: readonly { scope: string; key: string }[]): Promise<EarlierEvent[]> {
    return this.database.query<EarlierEvent>({ text: EARLIER }, [
      keys.map(({ scope }) => scope),
      keys.map(({ key }) => key),
    ]);
  }
}

function jsonText(value: object | readonly unknown[] | null): string | null {
  return value ? JSON.stringify(value) : null;
}
