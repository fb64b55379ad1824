import { Logger } from '@nestjs/common';
import { newId } from '@breakwater/platform';
import { endsBefore } from '@breakwater/testing/ends-before.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { startMailServer } from '@breakwater/testing/mail-server.js';
import { outboxIn } from '@breakwater/testing/notices.js';
import { clearTables, makeNotificationsDue, notificationsIn } from '@breakwater/testing/rows.js';
import { startSilentServer } from '@breakwater/testing/silent-server.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { MAX_TRIES, notificationRetryDelayMs } from './notification-retry.js';
import { domainOf, messageIdOf } from './message-id.js';
import { SmtpTransport } from './smtp-transport.service.js';

describe('the outbox', () => {
  let world: World;
  const closing: (() => unknown)[] = [];
  beforeAll(async () => {
    world = await World.start();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const close of closing.splice(0)) await close();
    await clearTables(world);
  });
  afterAll(() => world.stop());

  async function store(
    part: {
      recipient?: string;
      channel?: string;
      status?: string;
      subject?: string;
      html?: string | null;
    } = {},
  ): Promise<string> {
    const id = newId();
    const {
      recipient = 'a@x.example',
      channel = 'email',
      status = 'pending',
      subject = 'Hello',
      html = null,
    } = part;
    await world.database.pool.query(
      `INSERT INTO notifications (id, channel, kind, recipient, subject, text, html, dedupe_key, status)
       VALUES ($1, $2, 'test', $3, $4, 'text', $5, $6, $7)`,
      [id, channel, recipient, subject, html, id, status],
    );
    return id;
  }
  const row = async (id: string): Promise<Record<string, unknown>> =>
    (await notificationsIn(world, `id = '${id}'`))[0]!;
  const dueInS = async (id: string): Promise<number> => {
    const { rows } = await world.database.pool.query<{ s: number }>(
      'SELECT extract(epoch FROM next_attempt_at - now())::float8 AS s FROM notifications WHERE id = $1',
      [id],
    );
    return rows[0]!.s;
  };
  async function mailServer(options = {}): ReturnType<typeof startMailServer> {
    const server = await startMailServer(options);
    closing.push(() => server.close());
    return server;
  }
  async function silentServer(): ReturnType<typeof startSilentServer> {
    const server = await startSilentServer();
    closing.push(() => server.close());
    return server;
  }

  it('sends exactly one mail when the mail server was down and came back', async () => {
    const server = await startMailServer();
    await server.close();
    const id = await store();
    const outbox = outboxIn(world, server.url);
    expect(await outbox.run()).toBe(0);
    expect(await row(id)).toMatchObject({ status: 'pending', attempts: 1, locked_until: null });
    expect((await row(id))['last_error']).toContain('ECONNREFUSED');
    expect(await dueInS(id)).toBeGreaterThan(50);
    expect(await dueInS(id)).toBeLessThanOrEqual(60);
    expect(await outbox.run()).toBe(0);
    expect((await row(id))['attempts']).toBe(1);

    const back = await mailServer({ port: server.port });
    await makeNotificationsDue(world);
    expect(await Promise.all([outbox.run(), outbox.run()])).toContain(1);
    await makeNotificationsDue(world);
    await outbox.run();
    expect(back.received).toHaveLength(1);
    expect(await row(id)).toMatchObject({ status: 'sent', attempts: 2, last_error: null });
  });

  it('gives a mail up after 30 attempts over at least 24 h', async () => {
    const id = await store();
    await world.database.pool.query('UPDATE notifications SET attempts = $1', [MAX_TRIES - 1]);
    const server = await startMailServer();
    await server.close();
    await outboxIn(world, server.url).run();
    expect(await row(id)).toMatchObject({ status: 'failed', attempts: MAX_TRIES, sent_at: null });
  });

  it('does not delay other mails when the server hangs at one recipient', async () => {
    const server = await mailServer({ hangsAt: 'hang@x.example' });
    const hanging = await store({ recipient: 'hang@x.example' });
    for (let count = 0; count < 20; count++) await store({ recipient: `r${count}@x.example` });
    const outbox = outboxIn(world, server.url, { lanes: 2, socketTimeoutMs: 10_000 });
    const run = outbox.run();
    await eventually(() => server.received.length === 20, { what: 'the other 20 mails' });
    await store({ recipient: 'late@x.example' });
    const second = outbox.run(); // The free lane takes what was added meanwhile.
    await eventually(() => server.of('late@x.example').length === 1, { what: 'the late mail' });
    expect((await row(hanging))['attempts']).toBe(0);
    await Promise.all([run, second]);
    expect(await row(hanging)).toMatchObject({ status: 'pending', attempts: 1 });
  });

  it.each([
    ['never greets', { greetingTimeoutMs: 200 }, 'Greeting never received'],
    ['keeps just within its other timers', { totalTimeoutMs: 200 }, 'not done within 200 ms'],
  ])('ends its attempt at a server that %s', async (_, options, error) => {
    const silent = await silentServer();
    const id = await store();
    expect(await endsBefore(outboxIn(world, silent.url, options).run(), 3_000)).toBe(true);
    expect(await row(id)).toMatchObject({ status: 'pending', attempts: 1 });
    expect((await row(id))['last_error']).toContain(error);
  });

  it('keeps mails without a mail server, logs each once, and sends them when there is one', async () => {
    const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const id = await store({ subject: 'Breaker\nopen', recipient: 'secret.name@x.example' });
    const without = outboxIn(world, null);
    expect(await without.run()).toBe(0);
    expect(await outboxIn(world, null, { database: world.node() }).run()).toBe(0);
    const lines = warned.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(id));
    expect(lines).toEqual([
      `no mail server is configured, kept until one is: mail ${id} to x.example: Breaker open`,
    ]);
    expect(await row(id)).toMatchObject({ status: 'pending', attempts: 0 });

    const server = await mailServer();
    expect(await outboxIn(world, server.url).run()).toBe(1);
    expect(server.of('secret.name@x.example').map(({ subject }) => subject)).toEqual(['Breaker open']);
    expect(await row(id)).toMatchObject({ status: 'sent', attempts: 1 });
  });

  it('sends only pending mails that are due', async () => {
    const server = await mailServer();
    await store({ channel: 'in_app', status: 'pending', recipient: 'room:1' });
    await store({ status: 'sent' });
    await store({ status: 'failed' });
    await world.database.pool.query(
      `UPDATE notifications SET next_attempt_at = now() + interval '1 minute' WHERE id = $1`,
      [await store({ recipient: 'later@x.example' })],
    );
    await store({ recipient: 'now@x.example', html: '<p>html</p>' });
    expect(await outboxIn(world, server.url).run()).toBe(1);
    expect(server.received.map(({ to }) => to)).toEqual([['now@x.example']]);
    expect(server.received[0]!.mail.html).toContain('<p>html</p>');
  });

  it('leaves a mail to another process until its lease is over', async () => {
    const server = await mailServer();
    const id = await store();
    const setLease = (seconds: number): Promise<unknown> =>
      world.database.pool.query('UPDATE notifications SET locked_until = now() + make_interval(secs => $1)', [
        seconds,
      ]);
    await setLease(60);
    expect(await outboxIn(world, server.url).run()).toBe(0);
    await setLease(-1);
    expect(await outboxIn(world, server.url).run()).toBe(1);
    expect((await row(id))['status']).toBe('sent');
  });

  it('ignores the result of a mail whose lease went to another process', async () => {
    const silent = await silentServer();
    const id = await store();
    const run = outboxIn(world, silent.url, { greetingTimeoutMs: 300 }).run();
    await eventually(async () => (await row(id))['locked_until']);
    await world.database.pool.query(`UPDATE notifications SET locked_until = now() + interval '1 hour'`);
    await run;
    expect(await row(id)).toMatchObject({ attempts: 0, last_error: null });
    expect((await row(id))['locked_until']).not.toBeNull();
  });

  it.each([
    ['whose name is not ASCII', 'jürgen@example.com', false],
    ['whose domain is not ASCII', 'owner@bücher.example', false],
    ['of another script', '用户@例子.广告', false],
    ['whose domain is not ASCII, by a server that supports ASCII only', 'owner@bücher.example', true],
  ])('reaches an address %s', async (_, recipient, hideSMTPUTF8) => {
    const server = await mailServer({ hideSMTPUTF8 });
    const id = await store({ recipient });
    expect(await outboxIn(world, server.url).run()).toBe(1);
    expect(await row(id)).toMatchObject({ status: 'sent', last_error: null });
    // The mail server shows a domain as people read it.
    expect(server.received.map(({ to }) => to)).toEqual([[recipient]]);
    expect(server.received[0]!.mail.to).toHaveLength(1);
  });

  it('gives up at once on a recipient that is not one address', async () => {
    const server = await mailServer();
    const id = await store({ recipient: 'a@x.example, b@x.example' });
    expect(await outboxIn(world, server.url).run()).toBe(0);
    expect(await row(id)).toMatchObject({
      status: 'failed',
      last_error: 'the recipient is not a single e-mail address',
    });
    expect(server.received).toEqual([]);
  });

  it('aborts a hanging mail when it stops, releases it uncounted, and takes no more', async () => {
    const silent = await silentServer();
    const id = await store();
    const stop = new AbortController();
    const run = outboxIn(world, silent.url, { graceMs: 50 }).run(stop.signal);
    await eventually(async () => (await row(id))['locked_until']);
    stop.abort();
    await run;
    expect(await row(id)).toMatchObject({ status: 'pending', attempts: 0, locked_until: null });
    const server = await mailServer();
    expect(await outboxIn(world, server.url).run(stop.signal)).toBe(0);
  });

  it('fails as a whole when the database is unavailable', async () => {
    const node = world.node();
    await node.pool.end();
    const server = await mailServer();
    await expect(outboxIn(world, server.url, { database: node }).run()).rejects.toThrow(/pool/);
  });
});

describe('the attempts of a mail', () => {
  it.each([
    [1, 60_000],
    [2, 120_000],
    [6, 1_920_000],
    [7, 3_600_000],
    [29, 3_600_000],
    [30, null],
  ])('after %i failed: %s ms', (tries, delayMs) => expect(notificationRetryDelayMs(tries)).toBe(delayMs));

  it('span at least 24 hours', () => {
    let totalMs = 0;
    for (let tries = 1; ; tries++) {
      const delayMs = notificationRetryDelayMs(tries);
      if (delayMs === null) break;
      totalMs += delayMs;
    }
    expect(totalMs).toBeGreaterThanOrEqual(86_400_000);
  });
});

describe('a Message-ID', () => {
  it.each([
    ['Breakwater <mail@platform.example>', '<id1@platform.example>'],
    ['mail@platform.example', '<id1@platform.example>'],
    ['mail@[127.0.0.1]', '<id1@breakwater.invalid>'],
  ])('of a sender %s is %s', (from, id) => expect(messageIdOf('id1', from)).toBe(id));
});

it('a log contains only the domain of a recipient', () =>
  expect(domainOf('john.doe@x.example')).toBe('x.example'));

it('a transport without a mail server says so and sends nothing', async () => {
  const transport = new SmtpTransport({ target: null });
  expect([transport.isConfigured, transport.from]).toEqual([false, '']);
  const mail = { messageId: '<a@b>', to: 'a@b.example', subject: 's', text: 't', html: null };
  expect(await transport.send(mail, new AbortController().signal)).toMatchObject({ sent: false });
});
