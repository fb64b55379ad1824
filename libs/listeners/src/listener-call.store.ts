import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { ListenerAnswer, ReceivedAnswer } from './listener-answer.js';
import { unpackRequest, type StoredRequest } from './stored-request.js';

export interface NewCall {
  id: string;
  listenerId: string;
  callerProcessId: string;
  request: Buffer;
  body: Buffer;
  timeoutMs: number;
}

export interface TakenCall {
  id: string;
  listenerId: string;
  request: StoredRequest;
  body: Buffer;
  /** Until its caller gives up, ms. */
  leftMs: number;
}

/** Gone: the listener ended. */
export type FoundAnswer = { kind: 'waiting' } | { kind: 'gone' } | ({ kind: 'answered' } & ReceivedAnswer);

// Without the listener nothing is inserted. Index: listeners_pkey.
const ADD = `
WITH added AS (
  INSERT INTO listener_calls (id, listener_id, caller_process_id, request, body, deadline)
  SELECT $1, l.id, $3, $4, $5, now() + make_interval(secs => $6 / 1000.0) FROM listeners l
  WHERE l.id = $2 AND l.expires_at > now()
  RETURNING listener_id
)
SELECT pg_notify('listener_call', l.process_id || ':' || $1) FROM added JOIN listeners l ON l.id = added.listener_id`;

const TAKEN = `RETURNING id, listener_id AS "listenerId", request, body,
  extract(epoch FROM deadline - now())::float8 * 1000 AS "leftMs"`;

// Index: listener_calls_pkey.
const TAKE = `UPDATE listener_calls SET taken_at = now() WHERE id = $1 AND taken_at IS NULL AND deadline > now() ${TAKEN}`;

// Those whose hint was lost. Index: listener_calls_listener_id_idx.
const TAKE_ALL = `
UPDATE listener_calls SET taken_at = now()
WHERE listener_id = ANY ($1::uuid[]) AND taken_at IS NULL AND deadline > now() ${TAKEN}`;

// Index: listener_calls_pkey.
const ANSWER = `
WITH answered AS (
  UPDATE listener_calls SET answer = $2, answer_body = $3 WHERE id = $1 AND answer IS NULL RETURNING caller_process_id
)
SELECT pg_notify('listener_answer', caller_process_id || ':' || $1) FROM answered`;

// Index: listener_calls_pkey.
const FIND = `
WITH taken AS (DELETE FROM listener_calls WHERE id = $1 AND answer IS NOT NULL RETURNING answer, answer_body)
SELECT answer, answer_body AS "body" FROM taken
UNION ALL SELECT NULL, NULL FROM listener_calls WHERE id = $1 AND answer IS NULL`;

const REMOVE = 'DELETE FROM listener_calls WHERE id = $1';

interface TakenRow {
  id: string;
  listenerId: string;
  request: Buffer;
  body: Buffer;
  leftMs: number;
  [column: string]: unknown;
}

/** Calls on their way to a listener, and its answers. */
@Injectable()
export class ListenerCallStore {
  constructor(private readonly database: Database) {}

  /** Stores a call and tells the process that holds the socket. @returns false where the listener is over */
  async add({ id, listenerId, callerProcessId, request, body, timeoutMs }: NewCall): Promise<boolean> {
    const values = [id, listenerId, callerProcessId, request, body, timeoutMs];
    return (await this.database.query({ name: 'listener_call_add', text: ADD }, values)).length > 0;
  }

  /** Null where another one took it, or its caller gave up. */
  async take(id: string): Promise<TakenCall | null> {
    const [row] = await this.database.query<TakenRow>({ name: 'listener_call_take', text: TAKE }, [id]);
    return row ? takenOf(row) : null;
  }

  async takeAll(listenerIds: readonly string[]): Promise<TakenCall[]> {
    const rows = await this.database.query<TakenRow>({ text: TAKE_ALL }, [listenerIds]);
    return rows.map(takenOf);
  }

  /** Stores the answer and tells the process that waits for it. */
  async answer(id: string, { answer, body }: ReceivedAnswer): Promise<void> {
    const values = [id, Buffer.from(JSON.stringify(answer)), body];
    await this.database.query({ name: 'listener_call_answer', text: ANSWER }, values);
  }

  /** Takes the answer out of the table, if there is one. */
  async find(id: string): Promise<FoundAnswer> {
    const [row] = await this.database.query<{ answer: Buffer | null; body: Buffer | null }>(
      { name: 'listener_call_find', text: FIND },
      [id],
    );
    if (!row) return { kind: 'gone' };
    if (row.answer === null) return { kind: 'waiting' };
    return { kind: 'answered', answer: JSON.parse(row.answer.toString()) as ListenerAnswer, body: row.body! };
  }

  async remove(id: string): Promise<void> {
    await this.database.query({ text: REMOVE }, [id]);
  }
}

function takenOf({ id, listenerId, request, body, leftMs }: TakenRow): TakenCall {
  return { id, listenerId, request: unpackRequest(request), body, leftMs };
}
