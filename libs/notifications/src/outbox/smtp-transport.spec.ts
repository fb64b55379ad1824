import { describe, expect, it } from 'vitest';
import { startMailServer, type MailServerOptions } from '@breakwater/testing/mail-server.js';
import { SmtpTransport } from './smtp-transport.service.js';

const mail = { to: 'a@x.example', subject: 'Hello', text: 'text', html: null, messageId: '<1@x.example>' };

async function send(options: MailServerOptions, login = '') {
  const server = await startMailServer(options);
  try {
    const url = server.url.replace('//', `//${login}`);
    const transport = new SmtpTransport({ target: { url, from: 'b@x.example' } });
    return await transport.send(mail, new AbortController().signal);
  } finally {
    await server.close();
  }
}

describe('a mail server that refuses', () => {
  it.each([
    [550, 'for good', true],
    [551, 'for good', true],
    [553, 'for good', true],
    [552, 'for now: the mailbox is full', false],
    [554, 'for now: the rule may change', false],
    [450, 'for now', false],
  ])('a recipient with %i does so %s', async (refusesWith, _, permanent) =>
    expect(await send({ refusesWith })).toMatchObject({ sent: false, permanent }),
  );

  it('the login (535) does so for now: when the settings are right the mail is sent', async () => {
    expect(await send({ password: 'right' }, 'me:wrong@')).toMatchObject({
      sent: false,
      permanent: false,
      error: expect.stringContaining('535'),
    });
    expect(await send({ password: 'right' }, 'me:right@')).toEqual({ sent: true });
  });
});
