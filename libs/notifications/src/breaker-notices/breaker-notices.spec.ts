import fc from 'fast-check';
import { clientOf } from '@breakwater/platform';
import { startMailServer, type MailServer } from '@breakwater/testing/mail-server.js';
import { breakerNoticesIn, noticesIn, outboxIn } from '@breakwater/testing/notices.js';
import { addApp, addChange, clearTables, notificationsIn } from '@breakwater/testing/rows.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noticeKey } from '../notices/notice-key.js';
import type { BreakerEvent } from './breaker-event.js';
import { BreakerNotices } from './breaker-notices.service.js';
import { BreakerNoticesStore } from './breaker-notices.store.js';
import { newsOf, type BreakerNews } from './breaker-news.js';

const OPS = 'ops@platform.example';
const BOSS = 'Boss@platform.example';

const MAILS = `channel = 'email'`;
/** Each change is reported separately. */
const each = { BREAKER_NOTICE_COOLDOWN: '0' };

describe('breaker mails', () => {
  let world: World;
  let server: MailServer;
  beforeAll(async () => {
    world = await World.start();
  });
  beforeEach(async () => {
    server = await startMailServer();
  });
  afterEach(async () => {
    await server.close();
    await clearTables(world);
  });
  afterAll(() => world.stop());

  it('reach the owner and each admin exactly once when a circuit opens, with both parts and the numbers', async () => {
    await addApp(world, 'quiz', { name: 'Quiz' });
    await addChange(world, { app: 'quiz' });
    expect(await breakerNoticesIn(world).run()).toBe(4);
    expect(await breakerNoticesIn(world).run()).toBe(0);
    expect(await outboxIn(world, server.url).run()).toBe(3);
    expect(await outboxIn(world, server.url).run()).toBe(0);

    expect(server.received.map(({ to }) => to.join()).sort()).toEqual(
      [BOSS, OPS, 'owner@quiz.example'].sort(),
    );
    for (const recipient of ['owner@quiz.example', OPS, BOSS]) {
      const [mail] = server.of(recipient);
      expect(mail).toMatchObject({
        subject: 'Circuit breaker open: quiz_answer of Quiz',
        from: { address: 'breakwater@platform.example', name: 'Breakwater' },
        to: [{ address: recipient }],
      });
      const isAdmin = recipient !== 'owner@quiz.example';
      for (const part of [mail!.text, mail!.html]) {
        expect(part).toContain('http 500');
        const link = /https:\/\/breakwater\.example\/breakers\/quiz\/quiz_answer/;
        expect(link.test(part!)).toBe(isAdmin);
        expect(part!.includes('https://breakwater.example/portal/quiz')).toBe(!isAdmin);
        expect(part!.includes('breakwater breaker show quiz quiz_answer')).toBe(!isAdmin);
      }
      expect(mail!.text).toContain('Failures in a row: 5');
      expect(mail!.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
    }
    const rows = await notificationsIn(world, MAILS);
    expect(new Set(server.received.map(({ mail }) => mail.messageId))).toEqual(
      new Set(rows.map(({ id }) => `<${String(id)}@platform.example>`)),
    );
    expect(
      rows.every(({ status, sent_at, attempts }) => status === 'sent' && sent_at && attempts === 1),
    ).toBe(true);
  });

  it('of a subscription have its name', async () => {
    await addApp(world, 'hears', { name: 'Hears' });
    await world.db.query(
      `WITH e AS (INSERT INTO endpoints (id, app_id, kind, capability, url, async)
         VALUES (gen_random_uuid(), 'hears', 'subscription', 'endpoint:x', 'http://x', true) RETURNING id)
       INSERT INTO subscriptions (endpoint_id, app_id, name, events, managed_by) SELECT id, 'hears', 'ledger', '{a}', 'rest' FROM e`,
    );
    await addChange(world, { app: 'hears', capability: 'endpoint:x' });
    await breakerNoticesIn(world).run();
    const subjects = (await notificationsIn(world, `app_id = 'hears'`)).map(({ subject }) => subject);
    expect(new Set(subjects)).toEqual(new Set(['Circuit breaker open: subscription ledger of Hears']));
  });

  it('are not sent twice to an owner who is an admin too', async () => {
    await addApp(world, 'own', { owner: 'OPS@Platform.example' });
    await addChange(world, { app: 'own' });
    expect(await breakerNoticesIn(world).run()).toBe(3);
    expect(new Set((await notificationsIn(world, MAILS)).map(({ recipient }) => recipient))).toEqual(
      new Set([BOSS, 'OPS@Platform.example']),
    );
  });

  it('report one outage twice: when it starts and when it ends, whatever the probes did', async () => {
    await addApp(world, 'probe');
    const steps = ['closed open', 'open half_open', 'half_open open', 'open half_open', 'half_open closed'];
    for (const [index, step] of steps.entries()) {
      const [from, to] = step.split(' ');
      await addChange(world, { app: 'probe', from, to, generation: index + 1, minutesAgo: 65 - index * 15 });
    }
    expect(await breakerNoticesIn(world, { ...each, ADMIN_EMAILS: '' }).run()).toBe(4);
    const rows = await notificationsIn(world, MAILS);
    expect(rows.map(({ kind }) => kind)).toEqual(['breaker_opened', 'breaker_closed']);
    expect(rows[1]!['text']).toContain('Open for: 1 h\n');
    expect(rows[1]!['text']).toContain('Failures when it opened: 5');
    const { rows: untold } = await world.database.pool.query(
      'SELECT 1 FROM circuit_breaker_transitions WHERE notified_at IS NULL',
    );
    expect(untold).toEqual([]);
  });

  it('report a reset, and who did it', async () => {
    await addApp(world, 'reset');
    await addChange(world, { app: 'reset', generation: 1, minutesAgo: 10 });
    await addChange(world, {
      app: 'reset',
      generation: 2,
      from: 'open',
      to: 'closed',
      cause: 'reset',
      actor: 'key:ops',
    });
    await breakerNoticesIn(world, each).run();
    await outboxIn(world, server.url).run();
    const [, closed] = server.of('owner@reset.example').sort((a, b) => b.subject!.localeCompare(a.subject!));
    expect(closed!.subject).toBe('Circuit breaker closed: quiz_answer of App reset');
    expect(closed!.text).toContain('was reset by key:ops');
    expect(closed!.text).toContain('Open for: 10 min');
  });

  it('go to the admins when the app is gone', async () => {
    await addChange(world, { app: 'gone' });
    expect(await breakerNoticesIn(world).run()).toBe(3);
    expect((await notificationsIn(world, MAILS))[0]).toMatchObject({
      subject: 'Circuit breaker open: quiz_answer of gone',
    });
  });

  it('are done when there is nobody to mail', async () => {
    await addChange(world, { app: 'gone' });
    expect(await breakerNoticesIn(world, { ADMIN_EMAILS: '' }).run()).toBe(1);
    expect(await breakerNoticesIn(world).run()).toBe(0);
    expect(await notificationsIn(world, MAILS)).toEqual([]);
  });

  it('have a subject of one line, whatever the name of the app', async () => {
    await addApp(world, 'evil', { name: 'Quiz\r\nBcc: all@evil.example\r\n\r\nbody' });
    await addChange(world, { app: 'evil' });
    await breakerNoticesIn(world, { ADMIN_EMAILS: '' }).run();
    await outboxIn(world, server.url).run();
    expect(server.received).toHaveLength(1);
    const { to, mail } = server.received[0]!;
    expect(to).toEqual(['owner@evil.example']);
    expect(mail.subject).toBe('Circuit breaker open: quiz_answer of Quiz Bcc: all@evil.example body');
    expect(mail.headers.map(({ key }) => key)).not.toContain('bcc');
  });

  it('are exactly one per change and recipient when two workers process 50 changes at the same time', async () => {
    await addApp(world, 'race');
    for (let generation = 1; generation <= 50; generation++) {
      await addChange(world, { app: 'race', capability: `c${generation}`, generation });
    }
    const workers = [world.node(), world.node()];
    const stored = await Promise.all(workers.map((database) => breakerNoticesIn(world, {}, database).run()));
    expect(stored[0]! + stored[1]!).toBe(200);
    // Both workers stored some.
    expect(Math.min(...stored)).toBeGreaterThan(0);
    const sent = await Promise.all(
      workers.map((database) => outboxIn(world, server.url, { database }).run()),
    );
    expect(sent[0]! + sent[1]!).toBe(150);
    const pairs = server.received.map(({ to, mail }) => `${to.join()} ${mail.subject}`);
    expect(pairs).toHaveLength(150);
    expect(new Set(pairs).size).toBe(150);
  });

  it('of one change are stored all or none', async () => {
    await addApp(world, 'atom');
    await addChange(world, { app: 'atom' });
    const failed: string[] = [];
    const write = `INSERT INTO notifications (id, channel, kind, recipient, subject, text, dedupe_key)
      VALUES ($1::uuid, 'email', 'k', 'a@b.example', 's', 't', $1::text)`;
    const store = new BreakerNoticesStore(world.database);
    await store.enrol();
    await store.notifyNext(
      { appId: '', capability: '' },
      0,
      async (transaction) => {
        await clientOf(transaction).query(write, ['00000000-0000-7000-8000-000000000001']);
        await clientOf(transaction).query(write, ['no uuid']);
        return 2;
      },
      (_, error) => failed.push(error.message),
    );
    expect(failed).toEqual([expect.stringContaining('uuid')]);
    expect(await notificationsIn(world)).toEqual([]);
    expect(await breakerNoticesIn(world).run()).toBe(4);
  });

  it('that cannot be stored delay no others and are tried again', async () => {
    await addApp(world, 'first');
    await addApp(world, 'second');
    await addChange(world, { app: 'first' });
    await addChange(world, { app: 'second' });
    const store = new BreakerNoticesStore(world.database);
    const failed: string[] = [];
    const tell = (_: unknown, [change]: readonly { appId: string }[]): Promise<number> =>
      change!.appId === 'first' ? Promise.reject(new Error('no words')) : Promise.resolve(0);
    await store.enrol();
    let after = { appId: '', capability: '' };
    for (;;) {
      const told = await store.notifyNext(after, 0, tell, ({ appId }, error) =>
        failed.push(`${appId}: ${error.message}`),
      );
      if (!told) break;
      after = told;
    }
    expect(failed).toEqual(['first: no words']);
    expect(await breakerNoticesIn(world).run()).toBe(4);
    expect((await notificationsIn(world, MAILS)).every(({ app_id }) => app_id === 'first')).toBe(true);
  });

  it('stop between two changes when stopped', async () => {
    await addChange(world, { app: 'x', generation: 1 });
    await addChange(world, { app: 'x', generation: 2, capability: 'other' });
    const stop = new AbortController();
    class StopsAfterOne extends BreakerNoticesStore {
      override async notifyNext(
        ...args: Parameters<BreakerNoticesStore['notifyNext']>
      ): ReturnType<BreakerNoticesStore['notifyNext']> {
        const told = await super.notifyNext(...args);
        stop.abort();
        return told;
      }
    }
    const stopping = new BreakerNotices(new StopsAfterOne(world.database), noticesIn(world), world.config());
    expect(await stopping.run(stop.signal)).toBe(3);
    expect(await breakerNoticesIn(world).run()).toBe(3);
  });
});

describe('mails about a breaker that flaps', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await addApp(world, 'flap');
  });
  afterEach(() => clearTables(world));
  afterAll(() => world.stop());

  /** `opened` and `closed` alternate, with a failed probe in between. */
  let generation = 0;
  const open = (): Promise<void> => addChange(world, { app: 'flap', generation: ++generation });
  const close = async (): Promise<void> => {
    for (const [from, to] of [
      ['open', 'half_open'],
      ['half_open', 'open'],
      ['open', 'half_open'],
      ['half_open', 'closed'],
    ] as const)
      await addChange(world, { app: 'flap', from, to, cause: 'probes_succeeded', generation: ++generation });
  };
  const endOfCooldown = (): Promise<unknown> =>
    world.database.pool.query('UPDATE breaker_notices SET quiet_until = now()');
  const kinds = async (): Promise<unknown[]> =>
    (await notificationsIn(world, `channel = 'in_app'`)).map(({ kind }) => kind);

  it('are one at once, and one summary at the end of the cooldown, whichever process runs and however often', async () => {
    await open();
    expect(await breakerNoticesIn(world).run()).toBe(4);
    for (let time = 0; time < 5; time++) {
      await close();
      if (time < 4) await open();
      // Each time like after a restart.
      expect(await breakerNoticesIn(world, {}, world.node()).run()).toBe(0);
    }
    const { rows: quiet } = await world.database.pool.query(
      `SELECT quiet_until - now() BETWEEN interval '14 min' AND interval '15 min' AS held FROM breaker_notices`,
    );
    expect(quiet).toEqual([{ held: true }]);
    await endOfCooldown();
    const stored = await Promise.all([1, 2, 3].map(() => breakerNoticesIn(world, {}, world.node()).run()));
    expect(stored.reduce((a, b) => a + b)).toBe(4);
    expect(await kinds()).toEqual(['breaker_opened', 'breaker_summary']);
    const [summary] = await notificationsIn(world, `kind = 'breaker_summary' AND recipient = '${OPS}'`);
    expect(summary).toMatchObject({
      subject: 'Circuit breaker closed, changed 9 times: quiz_answer of App flap',
    });
    expect(summary!['text']).toContain('opened 4 times and closed 5 times');
    expect(summary!['text']).toContain('State now: closed');
    // Then the breaker is quiet again.
    await open();
    expect(await breakerNoticesIn(world).run()).toBe(0);
    expect(await breakerNoticesIn(world).run()).toBe(0);
  });

  it('are an ordinary one if one change was collected, and none if there was none', async () => {
    await open();
    await breakerNoticesIn(world).run();
    await close();
    expect(await breakerNoticesIn(world).run()).toBe(0);
    await endOfCooldown();
    expect(await breakerNoticesIn(world).run()).toBe(4);
    await endOfCooldown();
    expect(await breakerNoticesIn(world).run()).toBe(0);
    expect(await kinds()).toEqual(['breaker_opened', 'breaker_closed']);
  });

  it('are not delayed by probes alone, nor by another breaker', async () => {
    await addChange(world, {
      app: 'flap',
      from: 'open',
      to: 'half_open',
      cause: 'probe_due',
      generation: ++generation,
    });
    expect(await breakerNoticesIn(world).run()).toBe(0);
    await open();
    expect(await breakerNoticesIn(world).run()).toBe(4);
    await addChange(world, { app: 'flap', capability: 'other', generation: ++generation });
    expect(await breakerNoticesIn(world).run()).toBe(4);
  });

  it('are also sent for an app that takes the id of a deleted one', async () => {
    await addApp(world, 'again');
    await addChange(world, { app: 'again', generation: 1 });
    expect(await breakerNoticesIn(world).run()).toBe(4);
    await world.database.pool.query(`DELETE FROM apps WHERE id = 'again'`);
    await addApp(world, 'again');
    await addChange(world, { app: 'again', generation: 1 });
    expect(await breakerNoticesIn(world).run()).toBe(4);
  });
});

describe('the summary of collected changes', () => {
  const event = (happened: BreakerEvent['happened'], id: number): BreakerEvent => ({
    id,
    generation: id,
    happened,
    appId: 'a',
    appName: 'A',
    subscription: null,
    capability: 'c',
    at: new Date(id * 1000),
    failingSince: null,
    failureCount: 5,
    cause: 'failures',
    lastError: `e${id}`,
    forced: null,
    resetBy: null,
    openMs: null,
    enforced: true,
  });
  const happenings = fc.array(fc.constantFrom('opened' as const, 'closed' as const), { maxLength: 40 });

  it('counts every change once, and ends with the last', () => {
    fc.assert(
      fc.property(happenings, fc.boolean(), (all, isGrouped) => {
        const events = all.map(event);
        const news = newsOf(events, isGrouped);
        if (!isGrouped || events.length < 2) {
          expect(news).toEqual(events.map((told) => ({ kind: 'change', event: told })));
          return;
        }
        expect(news).toHaveLength(1);
        const { summary } = news[0] as Extract<BreakerNews, { kind: 'summary' }>;
        const last = events.at(-1)!;
        expect(summary.opened + summary.closed).toBe(events.length);
        expect(summary).toMatchObject({
          id: last.id,
          from: events[0]!.at,
          to: last.at,
          lastError: last.lastError,
          state: last.happened === 'opened' ? 'open' : 'closed',
        });
      }),
    );
  });
});

it('reach the in-app list and the configured chats, too', async () => {
  const world = await World.start();
  await addApp(world, 'quiz');
  await addChange(world, { app: 'quiz' });
  const chats = { NOTIFY_SLACK_URL: 'https://hooks.slack.example/T/secret' };
  expect(await breakerNoticesIn(world, chats).run()).toBe(5);
  expect(await notificationsIn(world, `channel <> 'email'`)).toMatchObject([
    { channel: 'in_app', recipient: 'quiz', status: 'sent', body: null },
    { channel: 'slack', recipient: 'hooks.slack.example', status: 'pending' },
  ]);
  await world.stop();
});

describe('the key that prevents repeated notifications', () => {
  it('names the notice and the recipient, ignoring the case of the address', () => {
    expect(noticeKey('breaker:quiz:quiz_answer:7', 'Ops@X.example')).toBe(
      'breaker:quiz:quiz_answer:7:ops@x.example',
    );
  });

  it('fits its column, and stays unique, when its parts have their maximum length', () => {
    const keys = ['x', 'y'].map((name) =>
      noticeKey(
        `breaker:${'a'.repeat(255)}:${'c'.repeat(100)}:2000000000`,
        `${name.repeat(300)}@example.com`,
      ),
    );
    expect(keys.every((key) => key.length <= 500)).toBe(true);
    expect(keys[0]).not.toBe(keys[1]);
  });
});
