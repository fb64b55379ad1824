import { Logger } from '@nestjs/common';
import { headerText, isSingleAddress } from '../mail/header-text.js';
import { MailTransport } from './mail-transport.js';
import { MAX_TRIES, mailRetryDelayMs } from './mail-retry.js';
import { domainOf, messageIdOf } from './message-id.js';
import { NotificationStore, type ClaimedMail } from './notification.store.js';

export interface OutboxOptions {
  /** Mails on their way at once: one that hangs holds up no other. */
  lanes?: number;
  /** Longer than the transport takes at most. */
  leaseMs?: number;
}

/**
 * Sends the stored notifications of the channel `email`, each once; twice only when a process dies between the mail
 * server's yes and our note of it, and then under the same Message-ID.
 * Without a mail server they stay pending, are logged once, and go out when one is configured.
 */
export class NotificationOutbox {
  private readonly log = new Logger(NotificationOutbox.name);
  private readonly busy = new Set<Promise<number>>();
  private readonly cutting = new AbortController();
  private closing = false;
  private readonly lanes: number;
  private readonly leaseMs: number;

  constructor(
    private readonly store: NotificationStore,
    private readonly transport: MailTransport,
    options: OutboxOptions = {},
  ) {
    this.lanes = options.lanes ?? 5;
    this.leaseMs = options.leaseMs ?? 120_000;
  }

  /**
   * Sends what is due, over as many lanes as are free. Ends when nothing is left for this process.
   * @returns how many mails went out
   */
  async run(): Promise<number> {
    if (this.closing) return 0;
    if (!this.transport.isConfigured) {
      await this.tellWaiting();
      return 0;
    }
    const started = Array.from({ length: this.lanes - this.busy.size }, () => this.startLane());
    const results = await Promise.allSettled(started);
    const lost = results.find((result) => result.status === 'rejected');
    if (lost) throw lost.reason;
    return results.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0);
  }

  /** Takes no more mails. Those on their way get `graceMs`, then they are cut off and given back. */
  async stop(graceMs = 5000): Promise<void> {
    this.closing = true;
    const timer = setTimeout(() => this.cutting.abort(), graceMs);
    await Promise.allSettled(this.busy);
    clearTimeout(timer);
  }

  private startLane(): Promise<number> {
    const lane = this.lane().finally(() => this.busy.delete(lane));
    this.busy.add(lane);
    return lane;
  }

  private async lane(): Promise<number> {
    let sent = 0;
    while (!this.closing) {
      const mail = await this.store.claim(this.leaseMs);
      if (!mail) break;
      if (await this.send(mail)) sent++;
    }
    return sent;
  }

  private async send(mail: ClaimedMail): Promise<boolean> {
    if (!isSingleAddress(mail.recipient)) {
      await this.giveUp(mail, 'the recipient is not a single e-mail address');
      return false;
    }
    const result = await this.transport.send(
      {
        messageId: messageIdOf(mail.id, this.transport.from),
        to: mail.recipient,
        subject: headerText(mail.subject),
        text: mail.text,
        html: mail.html,
      },
      this.cutting.signal,
    );
    if (result.sent) {
      await this.store.sent(mail);
      this.log.log(`sent ${this.describe(mail)}`);
      return true;
    }
    if (this.cutting.signal.aborted) await this.store.release(mail);
    else await this.retry(mail, result.error);
    return false;
  }

  private async retry(mail: ClaimedMail, error: string): Promise<void> {
    const tries = mail.attempts + 1;
    const delayMs = mailRetryDelayMs(tries);
    if (delayMs === null) return this.giveUp(mail, error);
    await this.store.failed(mail, error, delayMs);
    const next = `try ${tries}/${MAX_TRIES}, again in ${delayMs / 60_000} min`;
    this.log.warn(`not sent: ${this.describe(mail)}, ${next}: ${headerText(error)}`);
  }

  private async giveUp(mail: ClaimedMail, error: string): Promise<void> {
    await this.store.failed(mail, error, null);
    this.log.error(`given up: ${this.describe(mail)}: ${headerText(error)}`);
  }

  private async tellWaiting(): Promise<void> {
    for (const { id, subject, recipient } of await this.store.markUnsendable(
      'no mail server is configured',
    )) {
      const to = headerText(domainOf(recipient));
      this.log.warn(
        `no mail server is configured, kept until one is: mail ${id} to ${to}: ${headerText(subject)}`,
      );
    }
  }

  private describe({ id, kind, recipient }: ClaimedMail): string {
    return `mail ${id} (${kind}) to ${headerText(domainOf(recipient))}`;
  }
}
