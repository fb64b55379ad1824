import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';
import type { CapturedRequest } from './capture.js';

/** What is sent of an event. */
export interface EventContent {
  body: Buffer;
  /** Of a captured event: the request, without its body. */
  request: CapturedRequest | null;
}

// Index: events_pkey.
const CONTENTS = 'SELECT id, body, request FROM events WHERE id = ANY ($1::uuid[])';

@Injectable()
export class EventBodyStore {
  constructor(private readonly database: Database) {}

  /** The contents in the order of the ids; null if an event is no longer stored. */
  async contents(ids: readonly string[]): Promise<(EventContent | null)[]> {
    const rows = await this.database.query<EventContent & { id: string }>(
      { name: 'event_contents', text: CONTENTS },
      [ids],
    );
    const byId = new Map(rows.map(({ id, body, request }) => [id, { body, request }]));
    return ids.map((id) => byId.get(id) ?? null);
  }
}
