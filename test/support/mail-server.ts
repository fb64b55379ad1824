import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  /** The recipients that the mail server was told of. */
  to: string[];
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

/** A real mail server. It never answers when told of a recipient in `hangsAt`. */
export async function startMailServer(
  options: { port?: number; hangsAt?: string } = {},
): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 50,
    onRcptTo: ({ address }, _session, done) => {
      if (address !== options.hangsAt) done();
    },
    onData: callbackify(async (stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> => {
      const mail = await PostalMime.parse(await buffer(stream));
      received.push({ to: session.envelope.rcptTo.map(({ address }) => address), mail });
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
