import { Injectable } from '@nestjs/common';
import { Config } from '@breakwater/platform';
import { SmtpProbe } from '@breakwater/notifications';
import { Checkup, failed, ok, skipped, type Finding } from '../check.js';

/** The mail server greets, accepts EHLO and the login. No mail is sent. */
@Injectable()
export class MailCheck extends Checkup {
  readonly name = 'mail';
  readonly needsDatabase = false;
  readonly remedy: string;
  private readonly setting: string;

  constructor(
    private readonly probe: SmtpProbe,
    private readonly config: Config,
  ) {
    super();
    const isUrl = config.smtpSettings.url !== undefined;
    this.setting = isUrl ? 'SMTP_URL' : 'SMTP_HOST and SMTP_PORT';
    const login = isUrl ? 'its user and password' : 'SMTP_USER and SMTP_PASSWORD';
    this.remedy = `Check that the mail server runs, that ${this.setting} are its host and port, and ${login}.`;
  }

  async run(): Promise<Finding> {
    const { smtp } = this.config;
    if (smtp === null)
      return skipped(
        'No mail server is configured: mails are stored and shown, not sent.',
        'Set SMTP_URL or SMTP_HOST to send mails.',
      );
    const { hostname, port } = new URL(smtp.url);
    const trouble = await this.probe.trouble(smtp.url);
    if (trouble !== null)
      return failed(`The mail server ${hostname}:${port || 587} does not work: ${trouble}.`, this.remedy);
    return ok(`The mail server ${hostname} answers; mails are sent as ${smtp.from}.`);
  }
}
