import { Injectable } from '@nestjs/common';
import { Database } from '@breakwater/platform';

// Index: events_pkey.
const BODIES = 'SELECT id, body FROM events WHERE id = ANY ($1::uuid[])';

@Injectable()
export class EventBodyStore {
  constructor(private readonly database: Database) {}

  /** The bodies in the order of the ids; null if an event is no longer stored. */
  async bodies(ids: readonly string[]): Promise<(Buffer | null)[]> {
    const rows = await this.database.query<{ id: string; body: Buffer }>(
      { name: 'event_bodies', text: BODIES },
      [ids],
    );
    const byId = new Map(rows.map(({ id, body }) => [id, body]));
    return ids.map((id) => byId.get(id) ?? null);
  }
}
