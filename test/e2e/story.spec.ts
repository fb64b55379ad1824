import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { startMailServer, type MailServer } from '@breakwater/testing/mail-server.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';

const OWNER = 'owner@example.com';
const ADMIN = 'ops@platform.example';
const BASE = 'https://breakwater.example';

/** An outage from its first failure to the all-clear, as its people see it, with two workers. */
describe('an app whose webhook fails and recovers', () => {
  let smtp: MailServer;
  let platform: Platform;
  let client: HttpClient;
  let appId: string;

  beforeAll(async () => {
    smtp = await startMailServer();
    platform = await Platform.start({
      env: {
        SMTP_URL: smtp.url,
        ADMIN_EMAILS: ADMIN,
        WEBHOOK_METRICS_INTERVAL: '1000',
        ALERT_CHECK_INTERVAL: '1000',
      },
    });
    const worker = (): Promise<unknown> => platform.worker({ PUBLIC_BASE_URL: BASE });
    const [api] = await Promise.all([platform.api(), worker(), worker()]);
    client = platform.client(api);
    const circuitBreaker = { failureThreshold: 5, recoveryTimeoutMs: 1000, successThreshold: 1 };
    appId = await platform.register(api, {
      quiz_answer: { fallback: { strategy: 'static', value: 'by the fallback' }, circuitBreaker },
    });
  });
  afterAll(async () => {
    await platform?.stop();
    await smtp?.close();
  });

  const ask = async (): Promise<string> => (await client.invoke(appId, 'quiz_answer')).json.source as string;
  async function askTimes(times: number): Promise<string[]> {
    const answers: string[] = [];
    for (let n = 0; n < times; n += 20) {
      answers.push(...(await Promise.all(Array.from({ length: Math.min(20, times - n) }, ask))));
    }
    return answers;
  }
  const subjects = (recipient: string): string[] => smtp.of(recipient).map(({ subject }) => subject!);
  const mailed = (recipient: string, start: string): (() => boolean) => {
    return () => subjects(recipient).some((subject) => subject.startsWith(start));
  };
  const firing = async (): Promise<{ type: string }[]> =>
    (await client.get(`/api/v1/admin/alerts?status=firing&appId=${appId}`)).json.items;
  const health = async (): Promise<{ status: string; reasons: { code: string }[] }> =>
    (await client.get('/api/v1/admin/webhook-health')).json as never;

  it('is healthy at first', async () => {
    expect(new Set(await askTimes(40))).toEqual(new Set(['primary']));
    expect((await health()).status).toBe('healthy');
  });

  it('fails: callers get the fallback, the breaker opens, owner and admin get a mail they can act on', async () => {
    platform.receiver.on('/quiz_answer', { status: 503 });
    expect(new Set(await askTimes(40))).toEqual(new Set(['fallback']));
    for (const recipient of [OWNER, ADMIN]) {
      await eventually(mailed(recipient, 'Circuit breaker open'), {
        limitMs: 20_000,
        what: `a mail to ${recipient}`,
      });
      const mail = smtp.of(recipient).find(({ subject }) => subject!.startsWith('Circuit breaker open'))!;
      expect(mail.to).toEqual([{ address: recipient, name: '' }]);
      for (const part of [mail.text, mail.html]) {
        expect(part).toContain('503');
        // A reader without an admin key gets a command that the app's key may use.
        const link = `${BASE}/breakers/${appId}/quiz_answer`;
        expect(part!.includes(link)).toBe(recipient === ADMIN);
        expect(part!.includes(`breakwater breaker show ${appId} quiz_answer`)).toBe(recipient === OWNER);
        expect(part).toMatch(/what to do/i);
      }
      expect(mail.text).toMatch(/Failing since: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
      expect(mail.text).toMatch(/Failures in a row: \d+/);
    }
  });

  it('fires the alert of its success rate, and the platform is not healthy', async () => {
    await eventually(async () => (await firing()).some(({ type }) => type === 'success_rate'), {
      limitMs: 20_000,
      what: 'an alert',
    });
    for (const recipient of [OWNER, ADMIN]) {
      await eventually(mailed(recipient, 'Alert: Success rate'), {
        limitMs: 20_000,
        what: `an alert to ${recipient}`,
      });
    }
    const { status, reasons } = await health();
    expect(status).not.toBe('healthy');
    expect(reasons.map(({ code }) => code)).toEqual(expect.arrayContaining(['CIRCUIT_OPEN', 'ALERT_FIRING']));
  });

  it('recovers: the breaker closes, the alert resolves, the all-clear is mailed, health is healthy again', async () => {
    platform.receiver.on('/quiz_answer');
    await eventually(async () => (await ask()) === 'primary', { limitMs: 20_000, what: 'a good probe' });
    // Enough for a success rate above 95 % over the hour.
    await askTimes(400);
    for (const recipient of [OWNER, ADMIN]) {
      for (const start of ['Circuit breaker closed', 'Resolved: Success rate']) {
        await eventually(mailed(recipient, start), { limitMs: 30_000, what: `"${start}" to ${recipient}` });
      }
    }
    await eventually(async () => (await health()).status === 'healthy', {
      limitMs: 30_000,
      what: 'the all-clear',
    });
    expect(await firing()).toEqual([]);
  });

  it('and each of these was sent exactly once to each of them', async () => {
    const pending = `SELECT 1 FROM notifications WHERE status = 'pending'`;
    await eventually(async () => (await platform.rows(pending)).length === 0, { what: 'an empty outbox' });
    for (const recipient of [OWNER, ADMIN]) {
      const told = subjects(recipient).map((subject) => /^[^:]+: \w+ \w+|^[^:]+: \w+/.exec(subject)![0]);
      expect(told.sort((a, b) => a.localeCompare(b))).toEqual([
        'Alert: Success rate',
        'Circuit breaker closed: quiz_answer of',
        'Circuit breaker open: quiz_answer of',
        'Resolved: Success rate',
      ]);
    }
    const ids = smtp.received.map(({ mail }) => mail.messageId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(smtp.received.every(({ to }) => to.length === 1)).toBe(true);
  });
});

describe('a mail server that is unavailable', () => {
  let platform: Platform;
  let smtp: MailServer;
  afterAll(async () => {
    await platform?.stop();
    await smtp?.close();
  });

  it('delays no delivery, and exactly one mail of each arrives when it is back', async () => {
    const first = await startMailServer();
    await first.close();
    platform = await Platform.start({ env: { SMTP_URL: first.url, ADMIN_EMAILS: '' } });
    const [api] = await Promise.all([platform.api(), platform.worker(), platform.worker()]);
    const appId = await platform.register(api, {
      bad: { fallback: 'none', circuitBreaker: { failureThreshold: 1 } },
      good: { async: true },
    });
    const client = platform.client(api);
    platform.receiver.on('/bad', { status: 503 });
    await client.invoke(appId, 'bad');
    const tried = `SELECT 1 FROM notifications WHERE channel = 'email' AND attempts > 0`;
    await eventually(async () => (await platform.rows(tried)).length === 1, {
      limitMs: 20_000,
      what: 'a failed try',
    });
    for (let n = 0; n < 20; n++) await client.invoke(appId, 'good');
    await eventually(async () => (await platform.counts())['completed'] === 20, {
      limitMs: 30_000,
      what: 'deliveries meanwhile',
    });
    smtp = await startMailServer({ port: first.port });
    await platform.rows(`UPDATE notifications SET next_attempt_at = now() WHERE status = 'pending'`);
    await eventually(() => smtp.received.length > 0, { limitMs: 20_000, what: 'the mail' });
    await eventually(
      async () => (await platform.rows(`SELECT 1 FROM notifications WHERE status = 'pending'`)).length === 0,
      { what: 'an empty outbox' },
    );
    expect(smtp.received.map(({ to }) => to)).toEqual([[OWNER]]);
  });
});
