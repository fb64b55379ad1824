import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config, type Transaction } from '@breakwater/platform';
import { headerText } from '../mail/header-text.js';
import { recipientsOf, type Recipient } from '../mail/recipients.js';
import { CHAT_CHANNELS } from './chat-channels.js';
import { loadNoticeMail } from './load-notice-mail.js';
import { noticeFor } from './notice-for.js';
import { noticeKey } from './notice-key.js';
import { CHANNELS, isForOwner, type Notice } from './notice.js';
import { Notices } from './notices.js';
import { NoticesStore, type NewNotification } from './notices.store.js';
import { plainNotice } from './plain-notice.js';

type Row = Pick<NewNotification, 'channel' | 'recipient' | 'text' | 'html' | 'body'>;

/** Gives a notice the form of each channel, and stores one notification for each channel and recipient. */
@Injectable()
export class OutboxNotices extends Notices implements OnApplicationBootstrap {
  constructor(
    private readonly store: NoticesStore,
    private readonly config: Config,
  ) {
    super();
  }

  /** Loaded now, so that no transaction waits for it. */
  async onApplicationBootstrap(): Promise<void> {
    await loadNoticeMail();
  }

  async notify(transaction: Transaction, given: Notice): Promise<number> {
    const notice = plainNotice(given);
    const { kind, appId, capability, title, data } = notice;
    let stored = 0;
    for (const row of await this.rowsOf(transaction, notice)) {
      const dedupeKey = noticeKey(notice.dedupeKey, row.channel === 'email' ? row.recipient : row.channel);
      const subject = headerText(title);
      stored += await this.store.add(transaction, {
        ...row,
        kind,
        appId,
        capability,
        subject,
        data,
        dedupeKey,
      });
    }
    return stored;
  }

  private async rowsOf(transaction: Transaction, given: Notice): Promise<Row[]> {
    const { notify, api } = this.config;
    const baseUrl = api.publicBaseUrl;
    const { noticeMail } = await loadNoticeMail();
    const notice = noticeFor(given, 'admins');
    const { html, text } = await noticeMail(notice, baseUrl);
    const rows: Row[] = [];
    for (const channel of new Set(notice.channels ?? CHANNELS)) {
      switch (channel) {
        case 'email':
          for (const { address, isAdmin } of await this.recipients(transaction, notice)) {
            const mail = isAdmin ? { text, html } : await noticeMail(noticeFor(given, 'owner'), baseUrl);
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

  private async recipients(transaction: Transaction, notice: Notice): Promise<Recipient[]> {
    const owner = isForOwner(notice) ? await this.store.ownerOf(transaction, notice.appId!) : null;
    return recipientsOf(owner, this.config.adminEmails);
  }
}
