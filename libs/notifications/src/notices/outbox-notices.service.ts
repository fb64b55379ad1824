import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config, newId } from '@breakwater/platform';
import type { PoolClient } from 'pg';
import { headerText } from '../mail/header-text.js';
import { recipientsOf, type Recipient } from '../mail/recipients.js';
import { CHAT_CHANNELS } from './chat-channels.js';
import { loadNoticeMail } from './load-notice-mail.js';
import { noticeFor } from './notice-for.js';
import { noticeKey } from './notice-key.js';
import { CHANNELS, type Channel, type Notice } from './notice.js';
import { Notices } from './notices.js';
import { plainNotice } from './plain-notice.js';

interface Row {
  channel: Channel;
  recipient: string;
  text: string;
  html: string | null;
  body: string | null;
}

const WRITE = `
INSERT INTO notifications (id, channel, kind, recipient, app_id, capability, subject, text, html, body, data, dedupe_key,
  status, sent_at)
VALUES ($1, $2::varchar, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN $2::varchar = 'in_app' THEN 'sent' ELSE 'pending' END,
  CASE WHEN $2::varchar = 'in_app' THEN now() END)
ON CONFLICT (dedupe_key) DO NOTHING`;

/** Gives a notice the shape of each channel, and stores one notification for each that is to hear of it. */
@Injectable()
export class OutboxNotices extends Notices implements OnApplicationBootstrap {
  constructor(private readonly config: Config) {
    super();
  }

  /** So that no transaction waits for it. */
  async onApplicationBootstrap(): Promise<void> {
    await loadNoticeMail();
  }

  async tell(client: PoolClient, told: Notice): Promise<number> {
    const notice = plainNotice(told);
    let stored = 0;
    for (const row of await this.rowsOf(client, notice)) {
      const { channel, recipient, text, html, body } = row;
      const { kind, appId, capability, title, data, dedupeKey } = notice;
      const key = noticeKey(dedupeKey, channel === 'email' ? recipient : channel);
      const values = [
        newId(),
        channel,
        kind,
        recipient,
        appId,
        capability,
        headerText(title),
        text,
        html,
        body,
      ];
      stored += (await client.query(WRITE, [...values, JSON.stringify(data), key])).rowCount ?? 0;
    }
    return stored;
  }

  private async rowsOf(client: PoolClient, told: Notice): Promise<Row[]> {
    const { notify, api } = this.config;
    const baseUrl = api.publicBaseUrl;
    const { noticeMail } = await loadNoticeMail();
    const notice = noticeFor(told, 'admins');
    const { html, text } = await noticeMail(notice, baseUrl);
    const rows: Row[] = [];
    for (const channel of new Set(notice.channels ?? CHANNELS)) {
      switch (channel) {
        case 'email':
          for (const { address, isAdmin } of await this.recipients(client, notice)) {
            const mail = isAdmin ? { text, html } : await noticeMail(noticeFor(told, 'owner'), baseUrl);
            rows.push({ channel, recipient: address, ...mail, body: null });
          }
          break;
        case 'in_app':
          rows.push({ channel, recipient: notice.appId ?? 'platform', text, html: null, body: null });
          break;
        default: {
          const { address, body } = CHAT_CHANNELS[channel];
          const url = address(notify);
          if (url === undefined) break;
          const recipient = new URL(url).host;
          rows.push({ channel, recipient, text, html: null, body: body(notice, baseUrl, new Date()) });
        }
      }
    }
    return rows;
  }

  private async recipients(client: PoolClient, { audience, appId }: Notice): Promise<Recipient[]> {
    if (audience === 'admins' || appId === null) return recipientsOf(null, this.config.adminEmails);
    const { rows } = await client.query<{ owner: string }>(
      'SELECT owner_email AS owner FROM apps WHERE id = $1',
      [appId],
    );
    return recipientsOf(rows[0]?.owner ?? null, this.config.adminEmails);
  }
}
