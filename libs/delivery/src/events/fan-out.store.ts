import { Injectable } from '@nestjs/common';
import { Columns, Config, Database, type Problem } from '@breakwater/platform';
import type { DueEvent } from './event.js';
import type { NewEventDelivery } from './event-deliveries.js';
import { EVENT_DELIVERY, makeDeliveries } from './make-deliveries.store.js';

/** The next deliveries of an event. */
export interface FanOutStep {
  event: Pick<DueEvent, 'id' | 'cursor'>;
  /** Version of the subscriptions, which must be the current one; null if an earlier step fixed the version. */
  knownVersion: number | null;
  deliveries: NewEventDelivery[];
  /** The last endpoint of this step; null: the fan-out is complete. */
  cursor: string | null;
  /** Stored with the event, unless it has warnings; null: none. */
  warnings: readonly Problem[] | null;
}

export interface FannedOut {
  /** False: nothing was stored, because subscriptions changed or another process took this step. */
  done: boolean;
  /** Version of the subscriptions for all further steps. */
  version: number | null;
  /** Deliveries to wake. */
  wake: string[];
}

/** Lease of a worker on an event, ms. If the worker crashes, another continues after that. */
const LEASE_MS = 10_000;
/** Maximum number of events that a worker takes at a time. */
const AT_ONCE = 10;

// Index: events_fan_out_at_idx.
const TAKE = `
UPDATE events v SET fan_out_at = now() + interval '${LEASE_MS} ms'
FROM (
  SELECT id FROM events WHERE fan_out_at <= now() ORDER BY fan_out_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED
) due
WHERE v.id = due.id
RETURNING v.id, v.app_id AS "appId", v.type, v.body, v.headers, v.metadata, v.request_id AS "requestId",
  v.deliver_at AS "deliverAt",
  v.fan_out_cursor AS cursor, v.directory_version AS "directoryVersion"`;

const DELIVERIES = new Columns(EVENT_DELIVERY);
const [EVENT, BEFORE, CURSOR, KNOWN_VERSION, WARNINGS, MAX_AGE_MS, ENFORCES] = DELIVERIES.further(7);

// The cursor is the fence: the commit that moves it also creates the deliveries up to its new place.
const STEP = `
WITH going AS (
  UPDATE events v SET fan_out_cursor = COALESCE(${CURSOR}::uuid, v.fan_out_cursor),
    fan_out_at = CASE WHEN ${CURSOR}::uuid IS NOT NULL THEN now() + interval '${LEASE_MS} ms' END,
    directory_version = COALESCE(v.directory_version, (SELECT d.version FROM directory_versions d WHERE d.app_id = '')),
    warnings = COALESCE(v.warnings, ${WARNINGS}::jsonb),
    deliveries = v.deliveries + cardinality(${DELIVERIES.array('id')})
  WHERE v.id = ${EVENT}::uuid AND v.fan_out_at IS NOT NULL AND v.fan_out_cursor IS NOT DISTINCT FROM ${BEFORE}::uuid
    AND ((${KNOWN_VERSION}::bigint IS NULL) = (v.directory_version IS NOT NULL))
    AND (${KNOWN_VERSION}::bigint IS NULL OR ${KNOWN_VERSION}::bigint
      = COALESCE((SELECT d.version FROM directory_versions d WHERE d.app_id = COALESCE(v.app_id, '')), 0))
  RETURNING v.id, v.type, v.request_id, v.content_type, v.trace_parent, v.directory_version
), given AS (
  SELECT m.* FROM unnest(${DELIVERIES.arrays}) WITH ORDINALITY AS m(${DELIVERIES.names}, place)
  WHERE m.event_id IN (SELECT id FROM going)
), ${makeDeliveries({ enforces: ENFORCES!, maxAgeMs: MAX_AGE_MS! })}
SELECT EXISTS (SELECT 1 FROM going) AS done, (SELECT directory_version FROM going) AS version,
  ARRAY(SELECT id FROM made WHERE enqueue) AS wake`;

/** Fans out stored events, step by step. */
@Injectable()
export class FanOutStore {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** Takes due events, with a lease of LEASE_MS. */
  async take(): Promise<DueEvent[]> {
    return this.database.query<DueEvent>({ name: 'fan_out_take', text: TAKE });
  }

  async step({ event, knownVersion, deliveries, cursor, warnings }: FanOutStep): Promise<FannedOut> {
    const [row] = await this.database.query<FannedOut>({ name: 'fan_out_step', text: STEP }, [
      ...DELIVERIES.values(deliveries),
      event.id,
      event.cursor,
      cursor,
      knownVersion,
      warnings && JSON.stringify(warnings),
      this.config.delivery.maxAgeMs,
      this.config.circuitBreaker.mode === 'enforce',
    ]);
    return row!;
  }
}
