import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { startMailServer, type MailServer } from '@breakwater/testing/mail-server.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

let smtp: MailServer;
let platform: Platform;
let api: Role;
let appId: string;

beforeAll(async () => {
  smtp = await startMailServer();
  const ADMIN_EMAILS = 'ann@platform.example,bob@platform.example';
  platform = await Platform.start({ env: { SMTP_URL: smtp.url, ADMIN_EMAILS } });
  [api] = await Promise.all([platform.api(), platform.worker(), platform.worker()]);
  const circuitBreaker = { failureThreshold: 3, recoveryTimeoutMs: 300, successThreshold: 1 };
  appId = await platform.register(api, {
    quiz_answer: { fallback: { strategy: 'static', value: 1 }, circuitBreaker },
  });
});

afterAll(async () => {
  await platform?.stop();
  await smtp?.close();
});

describe('mails about a breaker, with two workers', () => {
  const everyone = ['ann@platform.example', 'bob@platform.example', 'owner@example.com'];
  const recipients = (from = 0): string[] =>
    smtp.received
      .slice(from)
      .flatMap(({ to }) => to)
      .sort();

  it('go once to the owner and to each admin when it opens, with what happened', async () => {
    platform.receiver.on('/quiz_answer', { status: 503 });
    for (let n = 0; n < 3; n++) await platform.client(api).invoke(appId, 'quiz_answer');
    await eventually(() => smtp.received.length >= 3, { limitMs: 20_000, what: 'three mails' });
    expect(recipients()).toEqual(everyone);
    for (const { mail } of smtp.received) {
      expect(mail.subject).toMatch(/quiz_answer/);
      expect(mail.text).toMatch(/503/);
      expect(mail.html).toMatch(/quiz_answer/);
    }
  });

  it('go once more when it closes, and then no more', async () => {
    platform.receiver.on('/quiz_answer');
    const isBack = async (): Promise<boolean> =>
      (await platform.client(api).invoke(appId, 'quiz_answer')).json.source === 'primary';
    await eventually(isBack, { what: 'a probe' });
    await eventually(() => smtp.received.length >= 6, { limitMs: 20_000, what: 'six mails' });
    expect(recipients(3)).toEqual(everyone);
    expect(new Set(smtp.received.map(({ mail }) => mail.messageId)).size).toBe(6);
    // A worker stores that a mail was sent after the mail server has accepted it.
    const isNoted = async (): Promise<boolean> =>
      (await platform.rows(`SELECT 1 FROM notifications WHERE channel = 'email' AND status = 'pending'`))
        .length === 0;
    await eventually(isNoted, { what: 'all mails noted as sent' });
    const kinds = await platform.rows(
      `SELECT kind, status, count(*)::int FROM notifications WHERE channel = 'email' GROUP BY 1, 2 ORDER BY 1`,
    );
    expect(kinds).toEqual([
      { kind: 'breaker_closed', status: 'sent', count: 3 },
      { kind: 'breaker_opened', status: 'sent', count: 3 },
    ]);
  });
});
