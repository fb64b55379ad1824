import { Injectable } from '@nestjs/common';
import { Columns, Config, Database, DatabaseTimeoutError, inTime, storable } from '@breakwater/platform';
import { keyScope, type CaptureNote, type NewCapture } from './capture.js';
import type { NewEventDelivery } from './event-deliveries.js';
import { HELD_UNTIL } from './held-until.js';
import { EVENT_DELIVERY, makeDeliveries } from './make-deliveries.store.js';

/** A captured request with the deliveries that the same commit creates. */
export interface CaptureRow {
  capture: NewCapture;
  key: { key: string; digest: string } | null;
  traceParent: string | null;
  /** Version of the subscriptions it was matched with; null: a worker matches it. */
  directoryVersion: number | null;
  /** The last endpoint of this commit, if a worker continues after it. */
  cursor: string | null;
  more: boolean;
  deliveries: NewEventDelivery[];
}

export interface CaptureResult {
  /** The known version of the subscriptions is outdated: nothing was stored. */
  behind: boolean;
  /** The event that it became, or repeats. */
  eventId: string;
  /** Whether its source is paused. */
  held: boolean;
  /** Deliveries to wake. */
  wake: string[];
}

const DELIVERIES = new Columns<NewEventDelivery>(EVENT_DELIVERY);
const [
  ID,
  SOURCE,
  APP,
  TYPE,
  BODY,
  CONTENT_TYPE,
  HEADERS,
  METADATA,
  REQUEST,
  REQUEST_ID,
  TRACE_PARENT,
  PUBLISHED_BY,
  KNOWN_VERSION,
  CURSOR,
  MORE,
  SCOPE,
  KEY,
  DIGEST,
  DEDUPE_ID,
  REMOTE_ADDRESS,
  MAX_AGE_MS,
  ENFORCES,
  KEY_TTL_MS,
] = DELIVERIES.further(23);

// Stores capture, event, key and deliveries in one commit and one snapshot. Nothing is stored if a subscription changed
// before, and the directory of this process does not have the change yet.
// `held`: the events of a paused source wait until HeldEvents releases them; this process may not know yet that it is
// paused, or that it is not any more.
// `key`: waits for a transaction with the same key; its row then has the event of that one, unless it has expired.
// Indexes: sources_pkey, directory_versions_pkey, event_keys_pkey, deliveries_window_idx.
const ACCEPT = `
WITH held AS MATERIALIZED (
  SELECT 1 FROM sources s WHERE s.id = ${SOURCE}::uuid AND s.paused_at IS NOT NULL
), seen AS (
  SELECT version FROM directory_versions WHERE app_id = ''
), behind AS MATERIALIZED (
  SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM held) AND ${KNOWN_VERSION}::bigint
    <> COALESCE((SELECT v.version FROM directory_versions v WHERE v.app_id = ${APP}::varchar), 0)
), key AS (
  INSERT INTO event_keys AS k (scope, key, digest, event_id, expires_at)
  SELECT ${SCOPE}::varchar, ${KEY}::varchar, ${DIGEST}::varchar, ${ID}::uuid,
    now() + make_interval(secs => ${KEY_TTL_MS}::float8 / 1000)
  WHERE ${KEY}::varchar IS NOT NULL AND NOT EXISTS (SELECT 1 FROM behind)
  ON CONFLICT (scope, key) DO UPDATE
    SET digest = CASE WHEN k.expires_at <= now() THEN EXCLUDED.digest ELSE k.digest END,
      event_id = CASE WHEN k.expires_at <= now() THEN EXCLUDED.event_id ELSE k.event_id END,
      expires_at = CASE WHEN k.expires_at <= now() THEN EXCLUDED.expires_at ELSE k.expires_at END
  RETURNING event_id
), going AS MATERIALIZED (
  SELECT ${ID}::uuid AS id, ${TYPE}::text AS type, ${REQUEST_ID}::varchar AS request_id,
    ${CONTENT_TYPE}::varchar AS content_type, ${TRACE_PARENT}::varchar AS trace_parent
  WHERE NOT EXISTS (SELECT 1 FROM behind) AND (${KEY}::varchar IS NULL OR EXISTS (SELECT 1 FROM key WHERE event_id = ${ID}::uuid))
), stored AS (
  INSERT INTO events (id, app_id, type, body, content_type, headers, metadata, request_id, trace_parent, published_by,
    source_id, request, directory_version, fan_out_cursor, fan_out_at, deliveries)
  SELECT g.id, ${APP}::varchar, g.type, ${BODY}::bytea, g.content_type, ${HEADERS}::jsonb, ${METADATA}::jsonb,
    g.request_id, g.trace_parent, ${PUBLISHED_BY}::varchar, ${SOURCE}::uuid, ${REQUEST}::jsonb,
    CASE WHEN h.is_held OR ${KNOWN_VERSION}::bigint IS NULL THEN NULL ELSE seen.version END,
    CASE WHEN NOT h.is_held THEN ${CURSOR}::uuid END,
    CASE WHEN h.is_held THEN ${HELD_UNTIL} WHEN ${KNOWN_VERSION}::bigint IS NULL OR ${MORE}::boolean THEN now() END,
    CASE WHEN h.is_held THEN 0 ELSE cardinality(${DELIVERIES.array('id')}) END
  FROM going g CROSS JOIN seen CROSS JOIN (SELECT EXISTS (SELECT 1 FROM held) AS is_held) h
), given AS (
  SELECT m.* FROM unnest(${DELIVERIES.arrays}) WITH ORDINALITY AS m(${DELIVERIES.names}, place)
  WHERE m.event_id IN (SELECT id FROM going) AND NOT EXISTS (SELECT 1 FROM held)
), ${makeDeliveries({ enforces: ENFORCES!, maxAgeMs: MAX_AGE_MS! })}, noted AS (
  INSERT INTO captures (id, source_id, app_id, method, path, query, remote_address, request_id, result, dedupe_id,
    event_id, body_bytes, headers, body)
  SELECT ${ID}::uuid, ${SOURCE}::uuid, ${APP}::varchar, r.method, r.path, r.query, ${REMOTE_ADDRESS}::varchar,
    ${REQUEST_ID}::varchar, CASE WHEN n.is_new THEN 'accepted' ELSE 'duplicate' END, ${DEDUPE_ID}::varchar,
    CASE WHEN n.is_new THEN ${ID}::uuid ELSE (SELECT event_id FROM key) END, octet_length(${BODY}::bytea),
    CASE WHEN NOT n.is_new THEN ${REQUEST}::jsonb -> 'headers' END, CASE WHEN NOT n.is_new THEN ${BODY}::bytea END
  FROM jsonb_to_record(${REQUEST}::jsonb) AS r(method text, path text, query text)
    CROSS JOIN (SELECT EXISTS (SELECT 1 FROM going) AS is_new) n
  WHERE NOT EXISTS (SELECT 1 FROM behind)
)
SELECT EXISTS (SELECT 1 FROM behind) AS behind, EXISTS (SELECT 1 FROM held) AS held,
  COALESCE((SELECT event_id FROM key), ${ID}::uuid) AS "eventId", ARRAY(SELECT id FROM made WHERE enqueue) AS wake,
  (SELECT count(pg_notify('fan_out', '')) FROM (SELECT 1 FROM going WHERE NOT EXISTS (SELECT 1 FROM held)
    AND (${MORE}::boolean OR ${KNOWN_VERSION}::bigint IS NULL)) due) AS notified`;

const NOTE = `
INSERT INTO captures (id, source_id, app_id, method, path, query, remote_address, request_id, result, reason, detail,
  body_bytes, headers, body)
VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10, $11, octet_length($12::bytea), $13::jsonb, $12::bytea)`;

/** Stores captured requests: with their events and deliveries, or as rejected. */
@Injectable()
export class CaptureStore {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /**
   * Stores a captured request in one commit.
   * @throws DatabaseTimeoutError if the result is not known in time; it may be stored
   */
  async accept({ capture, key, traceParent, ...matched }: CaptureRow): Promise<CaptureResult> {
    const { delivery, circuitBreaker } = this.config;
    const { source } = capture;
    const values = [
      ...DELIVERIES.values(matched.deliveries),
      capture.id,
      source.id,
      source.appId,
      capture.type,
      capture.body,
      capture.contentType,
      JSON.stringify(capture.headers),
      JSON.stringify(capture.metadata),
      JSON.stringify(capture.request),
      capture.requestId,
      traceParent,
      `source ${source.name}`,
      matched.directoryVersion,
      matched.cursor,
      matched.more,
      keyScope(source.id),
      key?.key ?? null,
      key?.digest ?? null,
      capture.dedupeId === null ? null : storable(capture.dedupeId, 255),
      capture.remoteAddress?.slice(0, 64) ?? null,
      delivery.maxAgeMs,
      circuitBreaker.mode === 'enforce',
      this.config.inbound.dedupeTtlMs,
    ];
    const [row] = await this.inTime<CaptureResult>({ name: 'capture', text: ACCEPT }, values);
    return row!;
  }

  /** Stores a request that does not become an event. @throws DatabaseTimeoutError */
  async note({ capture, result, reason, detail }: CaptureNote): Promise<void> {
    const { source, request } = capture;
    const { method, path, query, headers } = request;
    await this.inTime({ name: 'capture_note', text: NOTE }, [
      capture.id,
      source.id,
      source.appId,
      method,
      path,
      query,
      capture.remoteAddress?.slice(0, 64) ?? null,
      capture.requestId,
      result,
      reason,
      detail === null ? null : storable(detail),
      capture.body,
      JSON.stringify(headers),
    ]);
  }

  private async inTime<Row extends object>(
    statement: { name: string; text: string },
    values: unknown[],
  ): Promise<Row[]> {
    const withinMs = this.config.delivery.acceptTimeoutMs;
    const done = this.database.query<Row>(statement, values, { withinMs });
    return inTime(done, withinMs, () => new DatabaseTimeoutError('storing the captured request', withinMs));
  }
}
