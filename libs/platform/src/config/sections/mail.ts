import { integer, word, url } from '../kinds.js';
import { Setting } from '../setting.js';

/** Without a server, mails are stored and logged. */
export class SmtpSettings {
  static readonly title = 'Mail';

  @Setting('SMTP_URL', url('smtp', 'smtps'), 'Mail server; without one mails are stored and logged.', {
    secret: 'password',
  })
  readonly url?: string;

  @Setting(
    'SMTP_HOST',
    word(/^[^\s/]+$/, 'a host name or an address'),
    'Host of the mail server, if `SMTP_URL` is not set.',
  )
  readonly host?: string;

  @Setting('SMTP_PORT', integer(1, 65_535), 'Port for `SMTP_HOST`; 465 means TLS from the start.')
  readonly port: number = 587;

  @Setting('SMTP_USER', word(/^.+$/s, 'a text'), 'User for `SMTP_HOST`.')
  readonly user?: string;

  @Setting('SMTP_PASSWORD', word(/^.+$/s, 'a text'), 'Password for `SMTP_USER`.', { secret: true })
  readonly password?: string;

  @Setting('SMTP_FROM', word(/^[^\r\n]*[^\s@]+@[^\s@]+$/, 'an e-mail address'), 'Sender of all mails.')
  readonly from: string = 'Breakwater <breakwater@localhost>';

  target(): { url: string; from: string } | null {
    if (this.url !== undefined) return { url: this.url, from: this.from };
    if (this.host === undefined) return null;
    const host = this.host.includes(':') && !this.host.startsWith('[') ? `[${this.host}]` : this.host;
    const secret = this.password === undefined ? '' : `:${encodeURIComponent(this.password)}`;
    const user = this.user === undefined ? '' : `${encodeURIComponent(this.user)}${secret}@`;
    return { url: `${this.port === 465 ? 'smtps' : 'smtp'}://${user}${host}:${this.port}`, from: this.from };
  }
}
