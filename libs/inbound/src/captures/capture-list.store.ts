import { Injectable } from '@nestjs/common';
import { Database, isId, LARGEST_ID, smallestIdAt } from '@breakwater/platform';
import type { SourceVerification } from '../sources/source.js';
import type { Header } from './masked-request.js';

export const CAPTURE_RESULTS = ['accepted', 'duplicate', 'rejected', 'handshake'] as const;
export type CaptureResult = (typeof CAPTURE_RESULTS)[number];

export interface CaptureFilter {
  result?: CaptureResult | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  /** Id of the last one of the previous page. The newest is first. */
  after?: string | undefined;
  limit: number;
}

/** A source, also a deleted one: its requests are kept. */
export interface CapturingSource {
  id: string;
  verification: SourceVerification;
}

/** A request to a source, without headers and body. */
export interface CaptureRow {
  id: string;
  receivedAt: Date;
  method: string;
  path: string;
  query: string;
  remoteAddress: string | null;
  requestId: string;
  result: CaptureResult;
  /** Of a rejected one: the step that failed. */
  reason: string | null;
  /** The same as a sentence. */
  detail: string | null;
  dedupeId: string | null;
  /** The event that it became, or repeats. */
  eventId: string | null;
  bodyBytes: number;
}

export interface StoredCapture extends CaptureRow {
  sourceId: string;
  /** Null: its event is no longer stored. */
  headers: Header[] | null;
  body: Buffer | null;
}

const COLUMNS = `
c.id, c.received_at AS "receivedAt", c.method, c.path, c.query, c.remote_address AS "remoteAddress",
c.request_id AS "requestId", c.result, c.reason, c.detail, c.dedupe_id AS "dedupeId", c.event_id AS "eventId",
c.body_bytes AS "bodyBytes"`;

// Index: sources_app_id_name_idx.
const SOURCES = `
SELECT id, verification FROM sources WHERE app_id = $1 AND name = $2 ORDER BY removed_at DESC NULLS FIRST, id`;

// Rows are compared so that the plan cannot take the order of ids from the primary key: it would read the requests of all
// sources. Index: captures_source_id_id_idx.
const LIST = `
SELECT ${COLUMNS} FROM captures c
WHERE (c.source_id, c.id) < ($1, $2) AND (c.source_id, c.id) >= ($1, $3)
  AND ($4::text IS NULL OR c.result = $4)
  AND ($5::timestamptz IS NULL OR c.received_at >= $5) AND ($6::timestamptz IS NULL OR c.received_at < $6)
ORDER BY c.source_id DESC, c.id DESC LIMIT $7`;

// Indexes: captures_pkey, events_pkey.
const FIND = `
SELECT ${COLUMNS}, c.source_id AS "sourceId", COALESCE(c.headers, e.request -> 'headers') AS headers, COALESCE(c.body, e.body) AS body
FROM captures c LEFT JOIN events e ON e.id = c.event_id AND c.result = 'accepted'
WHERE c.id = $1 AND c.source_id = ANY ($2::uuid[])`;

// Index: captures_event_id_idx.
const DUPLICATES = `
SELECT ${COLUMNS} FROM captures c
WHERE c.event_id = $1 AND c.result = 'duplicate' AND c.source_id = $2
ORDER BY c.event_id DESC, c.id DESC LIMIT $3`;

/** Maximum difference between the clocks of processes that create ids, ms. */
const CLOCKS_DIFFER_MS = 3_600_000;

/** Reads the requests that libs/delivery stored. */
@Injectable()
export class CaptureListStore {
  constructor(private readonly database: Database) {}

  /** The source of this name, then those that were deleted, the last one first. */
  async sources(appId: string, name: string): Promise<CapturingSource[]> {
    return this.database.query<CapturingSource>({ text: SOURCES }, [appId, name]);
  }

  async list(sourceId: string, { result, from, to, after, limit }: CaptureFilter): Promise<CaptureRow[]> {
    const before = to && smallestIdAt(new Date(to.getTime() + CLOCKS_DIFFER_MS));
    const since = from && smallestIdAt(new Date(Math.max(0, from.getTime() - CLOCKS_DIFFER_MS)));
    return this.database.query<CaptureRow>({ name: 'list_captures', text: LIST }, [
      sourceId,
      [after, before].filter((id) => id !== undefined).toSorted()[0] ?? LARGEST_ID,
      since ?? smallestIdAt(new Date(0)),
      result ?? null,
      from ?? null,
      to ?? null,
      limit,
    ]);
  }

  async find(sourceIds: readonly string[], id: string): Promise<StoredCapture | null> {
    if (!isId(id)) return null;
    const [row] = await this.database.query<StoredCapture>({ text: FIND }, [id, sourceIds]);
    return row ?? null;
  }

  /** Requests that repeat an event, the newest first. */
  async duplicates(sourceId: string, eventId: string, limit: number): Promise<CaptureRow[]> {
    return this.database.query<CaptureRow>({ text: DUPLICATES }, [eventId, sourceId, limit]);
  }
}
