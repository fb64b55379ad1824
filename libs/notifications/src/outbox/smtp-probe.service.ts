import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';

/** Longest wait for one answer of the mail server, ms. */
const ANSWER_MS = 4_000;

/** Asks a mail server whether it would take mails: greeting, EHLO, STARTTLS, login. Nothing is sent. */
@Injectable()
export class SmtpProbe {
  /** @returns what is wrong, or null */
  async trouble(url: string): Promise<string | null> {
    const transporter = createTransport({
      url,
      connectionTimeout: ANSWER_MS,
      greetingTimeout: ANSWER_MS,
      socketTimeout: ANSWER_MS,
      dnsTimeout: ANSWER_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transporter.verify();
      return null;
    } catch (error) {
      return (error as Error).message;
    } finally {
      transporter.close();
    }
  }
}
