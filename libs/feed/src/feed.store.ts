import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import { beginningOf, SOURCES, type Position } from './cursor.js';
import { isOfOtherDatabase } from './gap.js';
import { itemsOf, type Placed, type SourceRow } from './item.js';

/** What one read found. */
export interface FeedPage {
  placed: Placed[];
  /**
   * Of the last item, or where the read began. It is not moved on without an item: after a crash PostgreSQL may use
   * the numbers of transactions again that had written nothing.
   */
  position: Position;
  /** Unless the page is full, everything before this was read. */
  end: Position;
  /** Whether there may be more at once. */
  isFull: boolean;
}

/** The number of the next transaction, and the time. */
interface Now {
  /** All transactions before it are over. */
  horizon: number;
  ahead: number;
  nowS: number;
}

/** Counting stops there: at least so many. */
export const COUNTED_MAX = 1_000_000;

/** One kind of row that becomes items. */
interface Source {
  source: number;
  /** Table with an alias, and the condition of its index. */
  from: string;
  where: string;
  columns: string;
  appId: string;
  recordedIn: string;
  id: string;
  number: string;
}

// Each has an index of its column recorded_in: events_recorded_in_idx, captures_recorded_in_idx,
// deliveries_recorded_in_idx, attempts_recorded_in_idx, webhook_dead_letter_queue_recorded_in_idx. A new kind of row is
// one more entry here.
const ROWS: readonly Source[] = [
  {
    source: SOURCES.event,
    from: 'events r',
    where: 'true',
    columns: `r.created_at AS at, NULL::text AS next, NULL::text AS error, r.type AS event_type, r.id AS event_id,
      r.request->>'method' AS method, NULL::uuid AS delivery_id, NULL::uuid AS endpoint_id`,
    ...placeOf('r.id', '0::integer'),
  },
  {
    source: SOURCES.capture,
    from: 'captures r',
    where: `r.result = 'rejected'`,
    columns: `r.received_at, NULL, COALESCE(r.detail, r.reason),
      'inbound.' || (SELECT s.name FROM sources s WHERE s.id = r.source_id), NULL::uuid, r.method, NULL::uuid, NULL::uuid`,
    ...placeOf('r.id', '0::integer'),
  },
  {
    source: SOURCES.invocation,
    from: 'deliveries r',
    where: `r.kind = 'invocation'`,
    columns: 'r.created_at, NULL, NULL, NULL, NULL::uuid, NULL, r.id, r.endpoint_id',
    ...placeOf('r.id', '0::integer'),
  },
  {
    source: SOURCES.attempt,
    from: 'attempts r',
    where: 'true',
    columns: `r.started_at + make_interval(secs => COALESCE(r.duration_ms, 0) / 1000.0), r.next, r.error, NULL, NULL::uuid,
      NULL, r.delivery_id, r.endpoint_id`,
    ...placeOf('r.delivery_id', 'r.number'),
  },
  {
    source: SOURCES.deadLetter,
    from: 'webhook_dead_letter_queue r',
    // One that an attempt ended is shown by the attempt, of the same transaction. Index: attempts_pkey.
    where: `NOT EXISTS (SELECT 1 FROM attempts a
      WHERE a.delivery_id = r.delivery_id AND a.number = r.attempts AND a.recorded_in = r.recorded_in)`,
    columns: 'r.failed_at, NULL, r.error, NULL, NULL::uuid, NULL, r.delivery_id, r.endpoint_id',
    ...placeOf('r.delivery_id', 'r.attempts'),
  },
];

function placeOf(id: string, number: string): Pick<Source, 'appId' | 'recordedIn' | 'id' | 'number'> {
  return { appId: 'r.app_id', recordedIn: 'r.recorded_in', id, number };
}

/** The cursor of {@link AFTER}: its transaction, source, id and number; then the app or NULL. */
const AFTER = ({ source, recordedIn, id, number }: Source): string => `
  ${recordedIn} >= $1::bigint AND (${recordedIn} > $1 OR ${source} > $2::integer
    OR (${source} = $2 AND (${id}, ${number}) > ($3::uuid, $4::integer)))`;
const OF_APP = ({ appId }: Source): string => `($5::text IS NULL OR ${appId} = $5)`;

const NOW = `
  SELECT pg_snapshot_xmin(s)::text::bigint AS horizon, pg_snapshot_xmax(s)::text::bigint AS ahead,
    floor(extract(epoch FROM now()))::bigint AS now_s
  FROM pg_current_snapshot() AS s`;

// Rows of transactions before the horizon are all visible to this snapshot, and none will be added: so each row is read
// exactly once, in one order for all. Each source is read by its index up to the limit ($6), what belongs to its rows by
// deliveries_pkey, events_pkey and endpoints_pkey: OFFSET 0 and the subqueries keep the planner from joining all of them.
const READ = `
WITH bound AS MATERIALIZED (${NOW})
SELECT bound.horizon, bound.ahead, bound.now_s AS "nowS", step.transaction, step.source, step.id, step.number,
  step.app_id AS "appId", step.at, COALESCE(d.created_at, step.at) AS "receivedAt", step.next,
  COALESCE(step.error, d.last_error, d.fallback_reason) AS error, d.mode,
  d.mode = 'sync' AND d.attempts = 0 AND d.status IN ('fallback', 'failed') AS "isUnsent",
  COALESCE(step.event_type, d.event_type, d.capability) AS "eventType", COALESCE(step.event_id, d.event_id) AS "eventId",
  COALESCE(step.method, CASE WHEN d.event_id IS NOT NULL THEN
    (SELECT v.request->>'method' FROM events v WHERE v.id = d.event_id) END) AS method,
  COALESCE(d.target_url, (SELECT e.url FROM endpoints e WHERE e.id = step.endpoint_id)) AS "targetUrl"
FROM bound LEFT JOIN LATERAL (
  SELECT * FROM (
    ${ROWS.map(
      (rows) => `(
    SELECT ${rows.recordedIn} AS transaction, ${rows.source} AS source, ${rows.id} AS id, ${rows.number} AS number,
      ${rows.appId} AS app_id, ${rows.columns}
    FROM ${rows.from} WHERE ${rows.where} AND ${AFTER(rows)} AND ${rows.recordedIn} < bound.horizon AND ${OF_APP(rows)}
    ORDER BY ${rows.recordedIn}, ${rows.id}, ${rows.number} LIMIT $6)`,
    ).join(' UNION ALL ')}
  ) AS read ORDER BY transaction, source, id, number LIMIT $6
) AS step ON true
LEFT JOIN LATERAL (
  SELECT w.created_at, w.last_error, w.fallback_reason, w.mode, w.attempts, w.status, w.event_type, w.capability,
    w.event_id, w.target_url
  FROM deliveries w WHERE w.id = step.delivery_id OFFSET 0
) AS d ON true
ORDER BY step.transaction, step.source, step.id, step.number`;

// The transaction of the newest row that is one too many ($6 are not). Reads the indexes from their ends.
const ONE_TOO_MANY = `
SELECT transaction FROM (
  ${ROWS.map(
    (rows) => `(SELECT ${rows.recordedIn} AS transaction FROM ${rows.from}
    WHERE ${rows.where} AND ${AFTER(rows)} AND ${OF_APP(rows)} ORDER BY ${rows.recordedIn} DESC LIMIT $6 + 1)`,
  ).join(' UNION ALL ')}
) AS newest ORDER BY transaction DESC OFFSET $6 LIMIT 1`;

// What is between the cursor and a transaction ($6), up to COUNTED_MAX.
const COUNT = `
SELECT COALESCE(sum(items), 0)::bigint AS items FROM (
  SELECT items FROM (
    ${ROWS.map(
      (rows) => `(SELECT ${itemsOfRow(rows)} AS items FROM ${rows.from}
      WHERE ${rows.where} AND ${AFTER(rows)} AND ${rows.recordedIn} < $6 AND ${OF_APP(rows)})`,
    ).join(' UNION ALL ')}
  ) AS found LIMIT ${COUNTED_MAX}
) AS counted`;

/** As {@link itemsOf} makes them. */
function itemsOfRow({ source }: Source): string {
  if (source === SOURCES.capture) return '2';
  if (source !== SOURCES.invocation) return '1';
  return `CASE WHEN r.mode = 'sync' AND r.attempts = 0 AND r.status IN ('fallback', 'failed') THEN 2 ELSE 1 END`;
}

type Row = SourceRow & Now;

/** Reads what happened, in the order of transactions (docs/adr/0034-feed-reads-by-transaction.md). Writes nothing. */
@Injectable()
export class FeedStore {
  constructor(private readonly database: Database) {}

  async now(): Promise<Now> {
    const [row] = await this.database.query<{ horizon: number; ahead: number; now_s: number }>({ text: NOW });
    return { horizon: row!.horizon, ahead: row!.ahead, nowS: row!.now_s };
  }

  /** The items after a place, at most `limit` rows. @param appId only of this app; null: of all */
  async read(after: Position, appId: string | null, limit: number): Promise<FeedPage> {
    const rows = await this.database.query<Row>({ name: 'feed_read', text: READ }, [
      ...valuesOf(after),
      appId,
      limit,
    ]);
    const { horizon, ahead, nowS } = rows[0]!;
    const found = rows.filter(({ transaction }) => transaction !== null);
    const placed = found.flatMap((row) => itemsOf(row, nowS));
    const end = beginningOf(horizon, nowS);
    const begin = isOfOtherDatabase(after, ahead) ? end : after;
    return { placed, position: placed.at(-1)?.position ?? begin, end, isFull: found.length === limit };
  }

  /** The place after which at most `limit` rows are left; null: after the given one. */
  async placeBeforeNewest(after: Position, appId: string | null, limit: number): Promise<Position | null> {
    const [row] = await this.database.query<{ transaction: number }>({ text: ONE_TOO_MANY }, [
      ...valuesOf(after),
      appId,
      limit,
    ]);
    return row ? beginningOf(row.transaction + 1, after.atS) : null;
  }

  /** Items between two places; {@link COUNTED_MAX} are at least so many. */
  async count(after: Position, before: Position, appId: string | null): Promise<number> {
    const [row] = await this.database.query<{ items: number }>({ text: COUNT }, [
      ...valuesOf(after),
      appId,
      before.transaction,
    ]);
    return row!.items;
  }

  async hasApp(appId: string): Promise<boolean> {
    const rows = await this.database.query({ text: 'SELECT 1 FROM apps WHERE id = $1' }, [appId]);
    return rows.length > 0;
  }
}

function valuesOf({ transaction, source, id, number }: Position): unknown[] {
  return [transaction, source, id, number];
}
