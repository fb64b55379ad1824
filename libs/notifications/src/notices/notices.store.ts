import { Injectable } from '@nestjs/common';
import { clientOf, newId, type Transaction } from '@breakwater/platform';
import type { Channel } from './notice.js';

/** A notification as it is stored. */
export interface NewNotification {
  channel: Channel;
  kind: string;
  recipient: string;
  appId: string | null;
  capability: string | null;
  subject: string;
  text: string;
  html: string | null;
  body: string | null;
  data: Readonly<Record<string, unknown>>;
  dedupeKey: string;
}

// In-app notifications count as sent at once; the others wait for the outbox.
const WRITE = `
INSERT INTO notifications (id, channel, kind, recipient, app_id, capability, subject, text, html, body, data, dedupe_key,
  status, sent_at)
VALUES ($1, $2::varchar, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN $2::varchar = 'in_app' THEN 'sent' ELSE 'pending' END,
  CASE WHEN $2::varchar = 'in_app' THEN now() END)
ON CONFLICT (dedupe_key) DO NOTHING`;

@Injectable()
export class NoticesStore {
  /** @returns 1, or 0 where one with this key is already stored */
  async add(transaction: Transaction, one: NewNotification): Promise<number> {
    const { rowCount } = await clientOf(transaction).query(WRITE, [
      newId(),
      one.channel,
      one.kind,
      one.recipient,
      one.appId,
      one.capability,
      one.subject,
      one.text,
      one.html,
      one.body,
      JSON.stringify(one.data),
      one.dedupeKey,
    ]);
    return rowCount ?? 0;
  }

  /** Null when the app is gone. */
  async ownerOf(transaction: Transaction, appId: string): Promise<string | null> {
    const { rows } = await clientOf(transaction).query<{ owner: string }>(
      'SELECT owner_email AS owner FROM apps WHERE id = $1',
      [appId],
    );
    return rows[0]?.owner ?? null;
  }
}
