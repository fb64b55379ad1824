/** A mail on its way. */
export interface OutgoingMail {
  /** The same at each try: whoever gets it twice can tell. */
  messageId: string;
  to: string;
  subject: string;
  text: string;
  html: string | null;
}

export type SendResult =
  | { sent: true }
  | {
      sent: false;
      error: string;
      /** It would come to the same again. */
      permanent?: boolean;
      /** What the other side asks to wait, ms. */
      retryInMs?: number | null;
    };

/** Hands mails to a mail server. */
export abstract class MailTransport {
  /** False as long as no mail server is configured. */
  abstract readonly isConfigured: boolean;
  /** The sender's address. */
  abstract readonly from: string;
  /** Ends within a bounded time, or at once when the signal says so; never throws. */
  abstract send(mail: OutgoingMail, signal: AbortSignal): Promise<SendResult>;
}
