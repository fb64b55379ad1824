import { createHmac } from 'node:crypto';
import { newId } from '@breakwater/platform';
import { UndiciWebhookClient } from '@breakwater/webhook-client';
import { outboxIn } from '@breakwater/testing/notices.js';
import { TestReceiver } from '@breakwater/testing/receiver.js';
import { clearTables, notificationsIn } from '@breakwater/testing/rows.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HttpChatTransport } from './http-chat-transport.service.js';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

describe('the outbox and the chats', () => {
  let world: World;
  const receiver = new TestReceiver();
  const clients: UndiciWebhookClient[] = [];
  beforeAll(async () => {
    world = await World.start();
    await receiver.listen();
  });
  afterEach(() => clearTables(world));
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await receiver.close();
    await world.stop();
  });

  function transport(env: Record<string, string>, allow = ['127.0.0.0/8']): HttpChatTransport {
    const client = new UndiciWebhookClient({
      allow,
      allowHttp: true,
      dnsServers: [],
      legacySignatureHeaders: false,
      userAgent: 'test',
      maxConnectionsPerOrigin: 4,
      maxOrigins: 4,
    });
    clients.push(client);
    return new HttpChatTransport(client, world.config(env));
  }
  async function store(channel: string, body = '{"text":"hello"}'): Promise<string> {
    const id = newId();
    await world.database.pool.query(
      `INSERT INTO notifications (id, channel, kind, recipient, subject, text, body, dedupe_key)
       VALUES ($1::uuid, $2, 'test', '127.0.0.1', 's', 't', $3, $1::text)`,
      [id, channel, body],
    );
    return id;
  }
  const row = async (id: string): Promise<Record<string, unknown>> =>
    (await notificationsIn(world, `id = '${id}'`))[0]!;

  it.each([
    ['slack', 'NOTIFY_SLACK_URL'],
    ['discord', 'NOTIFY_DISCORD_URL'],
    ['webhook', 'NOTIFY_WEBHOOK_URL'],
  ])('a notice for %s is sent once, as it is stored', async (channel, setting) => {
    const path = `/${channel}-${newId()}`;
    const id = await store(channel, '{"text":"ünï"}');
    const chats = transport({ [setting]: `${receiver.url}${path}` });
    expect(await outboxIn(world, null, { chats }).run()).toBe(1);
    expect(await outboxIn(world, null, { chats }).run()).toBe(0);
    const [call, ...more] = receiver.callsTo(path);
    expect(more).toEqual([]);
    expect(call!.body.toString()).toBe('{"text":"ünï"}');
    expect(call!.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': id });
    expect(call!.headers['webhook-signature']).toBeUndefined();
    expect(await row(id)).toMatchObject({ status: 'sent', attempts: 1 });
  });

  it('the callback is signed where there is a secret', async () => {
    const path = `/${newId()}`;
    const id = await store('webhook');
    const chats = transport({ NOTIFY_WEBHOOK_URL: `${receiver.url}${path}`, NOTIFY_WEBHOOK_SECRET: SECRET });
    await outboxIn(world, null, { chats }).run();
    const { headers, body } = receiver.callsTo(path)[0]!;
    const key = Buffer.from(SECRET.slice(6), 'base64');
    const signed = `${id}.${String(headers['webhook-timestamp'])}.${body.toString()}`;
    const expected = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  });

  it.each([
    ['503', { status: 503 }, { status: 'pending', attempts: 1, last_error: 'http 503' }],
    ['404', { status: 404 }, { status: 'failed', attempts: 1, last_error: 'http 404' }],
    ['410', { status: 410 }, { status: 'failed', attempts: 1, last_error: 'http 410' }],
    ['429', { status: 429 }, { status: 'pending', attempts: 1, last_error: 'http 429' }],
  ])('an answer of %s', async (_, answer, expected) => {
    const path = `/${newId()}`;
    receiver.on(path, answer);
    const id = await store('slack');
    const chats = transport({ NOTIFY_SLACK_URL: `${receiver.url}${path}` });
    expect(await outboxIn(world, null, { chats }).run()).toBe(0);
    expect(await row(id)).toMatchObject(expected);
  });

  it('a chat that asks to wait is called later, an hour at most', async () => {
    const path = `/${newId()}`;
    receiver.on(path, { status: 429, headers: { 'retry-after': '600' } });
    const id = await store('slack');
    await outboxIn(world, null, { chats: transport({ NOTIFY_SLACK_URL: `${receiver.url}${path}` }) }).run();
    const { rows } = await world.database.pool.query(
      'SELECT extract(epoch FROM next_attempt_at - now())::float8 AS s FROM notifications WHERE id = $1',
      [id],
    );
    expect(rows[0].s).toBeGreaterThan(590);
    expect(rows[0].s).toBeLessThanOrEqual(600);
  });

  it('an address inside the network that is not allowed is refused and reported, without a second try', async () => {
    const id = await store('slack');
    const chats = transport({ NOTIFY_SLACK_URL: `${receiver.url}/x` }, []);
    expect(await outboxIn(world, null, { chats }).run()).toBe(0);
    expect(await row(id)).toMatchObject({
      status: 'failed',
      last_error: expect.stringMatching(/^blocked: /),
    });
    expect(String((await row(id))['last_error'])).not.toContain('/x');
  });

  it('one that hangs delays no other channel', async () => {
    const path = `/${newId()}`;
    receiver.on(path, 'hang');
    const hanging = await store('slack');
    const other = await store('discord');
    const chats = transport({
      NOTIFY_SLACK_URL: `${receiver.url}${path}`,
      NOTIFY_DISCORD_URL: `${receiver.url}/d`,
    });
    const stop = new AbortController();
    const run = outboxIn(world, null, { chats, graceMs: 0 }).run(stop.signal);
    await expect.poll(async () => (await row(other))['status'], { timeout: 5000 }).toBe('sent');
    expect(await row(hanging)).toMatchObject({ status: 'pending', attempts: 0 });
    stop.abort();
    await run;
    expect(await row(hanging)).toMatchObject({ status: 'pending', attempts: 0, locked_until: null });
  });
});
