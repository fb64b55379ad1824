import { Logger } from '@nestjs/common';
import { NEVER } from '@breakwater/platform';
import { headerText, isSingleAddress } from '../mail/header-text.js';
import type { ChatChannel } from '../notices/notice.js';
import type { ChatTransport } from './chat-transport.js';
import { MailTransport, type SendResult } from './mail-transport.js';
import { MAX_TRIES, notificationRetryDelayMs } from './notification-retry.js';
import { domainOf, messageIdOf } from './message-id.js';
import { NotificationStore, type ClaimedNotification } from './notification.store.js';

export interface OutboxOptions {
  /** Notifications of a channel that are sent at once, so that one that hangs delays no other. */
  lanes?: number;
  /** Longer than a transport takes. */
  leaseMs?: number;
  /** How long notifications in progress may take when the process stops, ms; then they are aborted. */
  graceMs?: number;
}

/**
 * Sends the stored notifications, each once. Only if a process dies between the other side's confirmation and storing
 * it, one is sent twice, with the same Message-ID or webhook-id. Channels do not wait for each other. Without a mail
 * server mails stay pending, are logged once, and are sent when one is configured.
 */
export class NotificationOutbox {
  private readonly log = new Logger(NotificationOutbox.name);
  private readonly busy = new Map<string, Set<Promise<number>>>();
  private readonly lanes: number;
  private readonly leaseMs: number;
  private readonly graceMs: number;

  constructor(
    private readonly store: NotificationStore,
    private readonly mails: MailTransport,
    private readonly chats: ChatTransport | null,
    options: OutboxOptions = {},
  ) {
    this.lanes = options.lanes ?? 5;
    this.leaseMs = options.leaseMs ?? 120_000;
    this.graceMs = options.graceMs ?? 5_000;
  }

  /**
   * Sends what is due, over as many lanes as are free. Ends when nothing is left for this process.
   * @param stop after it aborts nothing more is taken; those in progress get `graceMs`, then they are aborted and
   * released
   * @returns how many notifications were sent
   */
  async run(stop: AbortSignal = NEVER): Promise<number> {
    if (stop.aborted) return 0;
    const cut = new AbortController();
    let grace: NodeJS.Timeout | undefined;
    const onStop = (): void => void (grace = setTimeout(() => cut.abort(), this.graceMs));
    stop.addEventListener('abort', onStop, { once: true });
    try {
      return await this.sendDue(stop, cut.signal);
    } finally {
      stop.removeEventListener('abort', onStop);
      clearTimeout(grace);
    }
  }

  private async sendDue(stop: AbortSignal, cut: AbortSignal): Promise<number> {
    if (!this.mails.isConfigured) await this.logWaiting();
    const channels = [...(this.mails.isConfigured ? ['email'] : []), ...(this.chats?.configured ?? [])];
    const started = channels.flatMap((channel) => {
      const free = this.lanes - this.lanesOf(channel).size;
      return Array.from({ length: free }, () => this.startLane(channel, stop, cut));
    });
    const results = await Promise.allSettled(started);
    const lost = results.find((result) => result.status === 'rejected');
    if (lost) throw lost.reason;
    return results.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0);
  }

  private lanesOf(channel: string): Set<Promise<number>> {
    const lanes = this.busy.get(channel) ?? new Set();
    this.busy.set(channel, lanes);
    return lanes;
  }

  private startLane(channel: string, stop: AbortSignal, cut: AbortSignal): Promise<number> {
    const lanes = this.lanesOf(channel);
    const lane = this.lane(channel, stop, cut).finally(() => lanes.delete(lane));
    lanes.add(lane);
    return lane;
  }

  private async lane(channel: string, stop: AbortSignal, cut: AbortSignal): Promise<number> {
    let sent = 0;
    while (!stop.aborted) {
      const claimed = await this.store.claim(channel, this.leaseMs);
      if (!claimed) break;
      if (await this.send(claimed, cut)) sent++;
    }
    return sent;
  }

  private async send(claimed: ClaimedNotification, cut: AbortSignal): Promise<boolean> {
    const result = await (claimed.channel === 'email'
      ? this.sendMail(claimed, cut)
      : this.sendChat(claimed, cut));
    if (result.sent) {
      await this.store.sent(claimed);
      this.log.log(`sent ${describe(claimed)}`);
      return true;
    }
    if (cut.aborted) await this.store.release(claimed);
    else if (result.permanent) await this.giveUp(claimed, result.error);
    else await this.retry(claimed, result.error, result.retryInMs ?? 0);
    return false;
  }

  private async sendMail(
    { id, recipient, subject, text, html }: ClaimedNotification,
    cut: AbortSignal,
  ): Promise<SendResult> {
    if (!isSingleAddress(recipient)) {
      return { sent: false, error: 'the recipient is not a single e-mail address', permanent: true };
    }
    const messageId = messageIdOf(id, this.mails.from);
    const mail = { messageId, to: recipient, subject: headerText(subject), text, html };
    return this.mails.send(mail, cut);
  }

  private async sendChat(
    { id, channel, body, attempts }: ClaimedNotification,
    cut: AbortSignal,
  ): Promise<SendResult> {
    const chat = { id, channel: channel as ChatChannel, body: body ?? '{}' };
    return this.chats!.send({ ...chat, attempt: attempts + 1, maxAttempts: MAX_TRIES }, cut);
  }

  /** @param atLeastMs how long the other side asks to wait */
  private async retry(claimed: ClaimedNotification, error: string, atLeastMs: number): Promise<void> {
    const tries = claimed.attempts + 1;
    const planned = notificationRetryDelayMs(tries);
    if (planned === null) return this.giveUp(claimed, error);
    const delayMs = Math.max(planned, Math.min(atLeastMs, WAIT_AT_MOST_MS));
    await this.store.failed(claimed, error, delayMs);
    const next = `try ${tries}/${MAX_TRIES}, again in ${delayMs / 60_000} min`;
    this.log.warn(`not sent: ${describe(claimed)}, ${next}: ${headerText(error)}`);
  }

  private async giveUp(claimed: ClaimedNotification, error: string): Promise<void> {
    await this.store.failed(claimed, error, null);
    this.log.error(`failed for good: ${describe(claimed)}: ${headerText(error)}`);
  }

  private async logWaiting(): Promise<void> {
    for (const { id, subject, recipient } of await this.store.markUnsendable(
      'no mail server is configured',
    )) {
      const to = headerText(domainOf(recipient));
      this.log.warn(
        `no mail server is configured, kept until one is: mail ${id} to ${to}: ${headerText(subject)}`,
      );
    }
  }
}

/** Longest wait that the other side may ask for, ms. */
const WAIT_AT_MOST_MS = 3_600_000;

function describe({ id, channel, kind, recipient }: ClaimedNotification): string {
  const what = channel === 'email' ? 'mail' : `${channel} notice`;
  return `${what} ${id} (${kind}) to ${headerText(domainOf(recipient))}`;
}
