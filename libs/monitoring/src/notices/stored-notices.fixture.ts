import { newId } from '@breakwater/platform';
import type { PoolClient } from 'pg';
import type { Notice } from './notice.js';
import { Notices } from './notices.js';

/** Keeps each notice as one row: enough to see what is told, and that it goes with its transaction. */
export class StoredNotices extends Notices {
  async tell(client: PoolClient, notice: Notice): Promise<number> {
    const { kind, appId, capability, title, summary, audience, dedupeKey } = notice;
    const { rowCount } = await client.query(
      `INSERT INTO notifications (id, channel, kind, recipient, app_id, capability, subject, text, data, dedupe_key, status)
       VALUES ($1, 'in_app', $2, $3, $4, $5, $6, $7, $8, $9, 'sent') ON CONFLICT (dedupe_key) DO NOTHING`,
      [newId(), kind, audience, appId, capability, title, summary, notice, dedupeKey],
    );
    return rowCount ?? 0;
  }
}
