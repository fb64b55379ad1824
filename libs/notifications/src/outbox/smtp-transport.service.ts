import { createTransport } from 'nodemailer';
import { MailTransport, type OutgoingMail, type SendResult } from './mail-transport.js';

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with user and password where needed; null: no mail server. */
  target: { url: string; from: string } | null;
  connectionTimeoutMs?: number;
  greetingTimeoutMs?: number;
  /** Longest time without an answer of the server. */
  socketTimeoutMs?: number;
  /** Longest time for a whole mail, even if the server keeps answering. */
  totalTimeoutMs?: number;
}

/** Codes of a mail server for a recipient that it will never accept; other refusals may be temporary. */
const NO_SUCH_MAILBOX = [550, 551, 553];

/** Each mail has a connection of its own: they are few, and one that hangs must not delay others. */
export class SmtpTransport extends MailTransport {
  private readonly transporter;
  private readonly totalTimeoutMs: number;

  constructor(private readonly options: SmtpOptions) {
    super();
    this.totalTimeoutMs = options.totalTimeoutMs ?? 30_000;
    this.transporter = options.target
      ? createTransport({
          url: options.target.url,
          connectionTimeout: options.connectionTimeoutMs ?? 10_000,
          greetingTimeout: options.greetingTimeoutMs ?? 10_000,
          socketTimeout: options.socketTimeoutMs ?? 20_000,
          dnsTimeout: options.connectionTimeoutMs ?? 10_000,
          // Texts come from apps: none may make this process read a file or a URL.
          disableFileAccess: true,
          disableUrlAccess: true,
        })
      : null;
  }

  get isConfigured(): boolean {
    return this.transporter !== null;
  }

  get from(): string {
    return this.options.target?.from ?? '';
  }

  async send(mail: OutgoingMail, signal: AbortSignal): Promise<SendResult> {
    if (!this.transporter) return { sent: false, error: 'no mail server is configured' };
    const deadline = AbortSignal.timeout(this.totalTimeoutMs);
    try {
      await this.transporter.sendMail({
        from: this.from,
        to: { name: '', address: mail.to }, // an object is one address; a string would be parsed as a list
        subject: mail.subject,
        text: mail.text,
        ...(mail.html === null ? {} : { html: mail.html }),
        messageId: mail.messageId,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.any([signal, deadline]),
      });
      return { sent: true };
    } catch (error) {
      const late = deadline.aborted ? `not done within ${this.totalTimeoutMs} ms: ` : '';
      const { message, responseCode } = error as Error & { responseCode?: number };
      return { sent: false, error: late + message, permanent: NO_SUCH_MAILBOX.includes(responseCode ?? 0) };
    }
  }
}
