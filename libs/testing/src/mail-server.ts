import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  /** The recipients in the envelope. */
  to: string[];
  /** As received, one character per byte. */
  raw: string;
  mail: Email;
}

export interface MailServer {
  url: string;
  port: number;
  received: ReceivedMail[];
  /** The mails of one recipient. */
  of(recipient: string): Email[];
  close(): Promise<void>;
}

export interface MailServerOptions {
  port?: number;
  /** It never answers for this recipient. */
  hangsAt?: string;
  /** It does not announce that it accepts addresses beyond ASCII. */
  hideSMTPUTF8?: boolean;
  /** It refuses every recipient with this code. */
  refusesWith?: number;
  /** A login must use it; without it there are no logins. */
  password?: string;
}

/** A real mail server. A mail whose sender disconnects half-way is dropped. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', ...(options.password === undefined ? ['AUTH'] : [])],
    closeTimeout: 50,
    hideSMTPUTF8: options.hideSMTPUTF8 ?? false,
    onAuth: ({ username, password }, _session, done) =>
      password === options.password ? done(null, { user: username }) : done(new Error('no')),
    onRcptTo: ({ address }, _session, done) => {
      if (address === options.hangsAt) return;
      const { refusesWith: responseCode } = options;
      done(responseCode === undefined ? null : Object.assign(new Error('no'), { responseCode }));
    },
    onData: callbackify(async (stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> => {
      const bytes = await buffer(stream);
      const mail = await PostalMime.parse(bytes);
      const to = session.envelope.rcptTo.map(({ address }) => address);
      received.push({ to, raw: bytes.toString('latin1'), mail });
    }),
  });
  server.on('error', () => undefined);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    received,
    of: (recipient) => received.filter(({ to }) => to.includes(recipient)).map(({ mail }) => mail),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
