/** A mail to send. */
export interface OutgoingMail {
  /** The same at each attempt, so that a recipient can recognise repetitions. */
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
      /** A repetition would have the same result. */
      permanent?: boolean;
      /** How long the other side asks to wait, ms. */
      retryInMs?: number | null;
    };

/** Sends mails to a mail server. */
export abstract class MailTransport {
  /** False while no mail server is configured. */
  abstract readonly isConfigured: boolean;
  /** The sender's address. */
  abstract readonly from: string;
  /** Ends within a limited time, or at once when the signal aborts; never throws. */
  abstract send(mail: OutgoingMail, signal: AbortSignal): Promise<SendResult>;
}
