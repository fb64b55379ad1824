import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  EndpointDirectory,
  ManifestModule,
  ManifestRegistry,
  type ResolvedEndpoint,
} from '@breakwater/manifest';
import { ConfigModule, Database, HintBus, newId, PrismaService, SecretsModule } from '@breakwater/platform';
import { eventually } from '@breakwater/testing/eventually.js';
import { World } from '@breakwater/testing/world.js';
import { WebhookClientModule, type WebhookRequest } from '@breakwater/webhook-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ListenerRelay } from './listener-relay.service.js';
import { ListenerSessions, type CallForListener } from './listener-sessions.service.js';
import { ListenerStore } from './listener.store.js';
import { ListenersModule } from './listeners.module.js';

@Module({})
class PlatformParts {}

interface Process {
  relay: ListenerRelay;
  sessions: ListenerSessions;
  directory: EndpointDirectory;
  store: ListenerStore;
  registry: ManifestRegistry;
}

let world: World;
/** Calls arrive here. */
let near: Process;
/** The socket is here. */
let far: Process;
let endpoint: ResolvedEndpoint;
/** What the developer's machine says to a call. */
let machine: (call: CallForListener) => Promise<unknown> = async () => undefined;

async function startProcess(): Promise<Process> {
  const providers = [{ provide: Database, useValue: world.node() }, PrismaService, HintBus];
  const config = world.config({ OUTBOUND_ALLOW: '127.0.0.1', OUTBOUND_ALLOW_HTTP: 'true' });
  const module = await Test.createTestingModule({
    imports: [
      { module: PlatformParts, global: true, providers, exports: providers },
      ConfigModule.forRoot(config),
      SecretsModule,
      WebhookClientModule.forConfig(config),
      ManifestModule,
      ListenersModule,
    ],
    providers: [ListenerSessions],
  }).compile();
  await module.init();
  world.endsWith(() => module.close());
  return {
    relay: module.get(ListenerRelay),
    sessions: module.get(ListenerSessions),
    directory: module.get(EndpointDirectory),
    store: module.get(ListenerStore),
    registry: module.get(ManifestRegistry),
  };
}

beforeAll(async () => {
  world = await World.start();
  [near, far] = [await startProcess(), await startProcess()];
  const about = { name: 'Shop', ownerEmail: 'owner@example.com', baseUrl: 'http://127.0.0.1:7001' };
  const webhooks = {
    quote: { url: '/hooks/quote?a=1' },
    report: { url: '/report', async: true },
    other: '/other',
  };
  await near.registry.register('shop', { ...about, webhooks }, 'test');
  endpoint = (await near.directory.find('shop', 'quote'))!;
});
beforeEach(() => world.rows('DELETE FROM listeners'));
afterAll(() => world?.stop());

const start = (part: object = {}): Promise<string> =>
  far.sessions.start(
    { appId: 'shop', capabilities: [], answersCalls: true, startedBy: 'ann', ...part },
    { call: (call) => machine(call) },
  );
const request = (part: Partial<WebhookRequest> = {}): WebhookRequest => ({
  url: endpoint.url,
  secrets: endpoint.secrets,
  customHeaders: { authorization: 'Bearer secret' },
  body: Buffer.from('{"n":1}'),
  contentType: 'application/json',
  timeoutMs: 5_000,
  webhookId: newId(),
  requestId: 'r-1',
  kind: 'capability',
  attempt: 1,
  maxAttempts: 1,
  keepBytes: 1024 * 1024,
  expectJson: true,
  ...part,
});
const send = (listenerId: string, part: Partial<WebhookRequest> = {}, signal?: AbortSignal) =>
  near.relay.send(endpoint, listenerId, request(part), signal);

describe('a call of a listener', () => {
  it('goes to the process of its socket and back, with the headers of any call but without credentials', async () => {
    const got: CallForListener[] = [];
    machine = async (call) => {
      got.push(call);
      return { status: 200, headers: { 'X-Shop': 'yes' }, body: Buffer.from('{"success":true}') };
    };
    const id = await start();
    const outcome = await send(id);
    expect(outcome).toMatchObject({
      kind: 'delivered',
      status: 200,
      json: { value: { success: true } },
      response: { headers: { 'x-shop': 'yes' } },
      requestHeaders: { 'webhook-signature': 'v1,***', 'breakwater-listener': id },
    });
    const [{ method, path, body, headers, capability }] = got as [CallForListener];
    expect({ method, path, capability, body: body.toString() }).toEqual({
      method: 'POST',
      path: '/hooks/quote?a=1',
      capability: 'quote',
      body: '{"n":1}',
    });
    expect(headers).toEqual(expect.arrayContaining(['webhook-signature', 'X-Request-ID', 'r-1']));
    expect(headers.join()).not.toContain('secret');
    expect(await world.rows('SELECT 1 FROM listener_calls')).toEqual([]);
  });

  it.each<[string, unknown, object]>([
    [
      'refused on its machine',
      { failed: { code: 'ECONNREFUSED', message: 'nobody' } },
      { kind: 'network', code: 'ECONNREFUSED' },
    ],
    ['answered with nonsense', 'nonsense', { kind: 'network', code: 'BAD_ANSWER' }],
    ['answered with an error', { status: 500 }, { kind: 'http_error', status: 500 }],
    ['answered without JSON', { status: 200, body: Buffer.from('<p>') }, { kind: 'invalid_response' }],
  ])('%s has the outcome of any receiver', async (_, answer, expected) => {
    machine = async () => answer;
    expect(await send(await start())).toMatchObject(expected);
  });

  it('ends at its deadline, and nothing of it is left', async () => {
    machine = () => new Promise(() => undefined);
    const outcome = await send(await start(), { timeoutMs: 50 });
    expect(outcome).toMatchObject({ kind: 'timeout', message: 'no complete answer within 50 ms' });
    await eventually(async () => (await world.rows('SELECT 1 FROM listener_calls')).length === 0);
  });

  it('ends when its caller gives up', async () => {
    const caller = new AbortController();
    machine = async () => {
      caller.abort();
      return new Promise(() => undefined);
    };
    expect(await send(await start(), {}, caller.signal)).toMatchObject({ kind: 'aborted' });
    expect(await send(await start(), {}, AbortSignal.abort())).toMatchObject({ kind: 'aborted' });
  });

  it('fails when its listener ends', async () => {
    const id = await start();
    machine = async () => {
      await far.sessions.end(id);
      return new Promise(() => undefined);
    };
    expect(await send(id)).toMatchObject({ kind: 'network', code: 'LISTENER_GONE' });
    expect(await send(id)).toMatchObject({ kind: 'network', code: 'LISTENER_GONE' });
  });

  it('fails when its lease is over', async () => {
    const id = await start();
    await world.rows(`UPDATE listeners SET expires_at = now() - interval '1 hour'`);
    expect(await send(id)).toMatchObject({ kind: 'network', code: 'LISTENER_GONE' });
  });

  it('is passed on at the next renewal if its hint is lost', async () => {
    machine = async () => ({ status: 200, body: Buffer.from('1') });
    const id = await start();
    await world.rows('ALTER TABLE listeners DISABLE TRIGGER ALL');
    await world.rows(`UPDATE listeners SET process_id = gen_random_uuid()`);
    const outcome = send(id);
    await eventually(async () => (await world.rows('SELECT 1 FROM listener_calls')).length === 1);
    await far.sessions.renew(id);
    expect(await outcome).toMatchObject({ kind: 'delivered' });
    await world.rows('ALTER TABLE listeners ENABLE TRIGGER ALL');
  });

  it('that cannot be signed is not sent', async () => {
    const id = await start();
    expect(await send(id, { secrets: ['whsec_!'] })).toMatchObject({
      kind: 'misconfigured',
      code: 'SECRET_DAMAGED',
    });
    expect(await world.rows('SELECT 1 FROM listener_calls')).toEqual([]);
  });
});

describe('the directory of endpoints', () => {
  const listenerOf = async (capability: string): Promise<string | null | undefined> =>
    (await near.directory.find('shop', capability))?.listenerId;

  it('knows the listener of a sync capability, in each process, from its start to its end', async () => {
    const id = await start();
    await eventually(async () => (await listenerOf('quote')) === id);
    expect(await listenerOf('report')).toBeNull();
    await far.sessions.end(id);
    await eventually(async () => (await listenerOf('quote')) === null);
  });

  it('knows whose calls a listener answers, and the latest of several', async () => {
    const [all, some, none] = [
      await start(),
      await start({ capabilities: ['quote'] }),
      await start({ answersCalls: false }),
    ];
    await eventually(async () => (await listenerOf('quote')) === some);
    expect(await listenerOf('other')).toBe(all);
    expect(none).not.toBe(some);
  });
});

describe('a lease', () => {
  it('is renewed, and says who began later', async () => {
    const first = await start();
    expect(await far.sessions.renew(first)).toEqual({ state: 'answering' });
    const second = await start({ startedBy: 'bob' });
    expect(await far.sessions.renew(first)).toEqual({ state: 'later', by: 'bob' });
    expect(await far.sessions.renew(second)).toEqual({ state: 'answering' });
    await far.sessions.end(second);
    expect(await far.sessions.renew(first)).toEqual({ state: 'answering' });
  });

  it('that is over stays over', async () => {
    const id = await start();
    await world.rows(`UPDATE listeners SET expires_at = now() - interval '1 second'`);
    expect(await far.sessions.renew(id)).toEqual({ state: 'over' });
    expect(await far.sessions.renew(id)).toEqual({ state: 'over' });
  });

  it('is shown while it lasts, to its app and to all', async () => {
    const id = await start();
    const shown = { id, appId: 'shop', capabilities: [], answersCalls: true, startedBy: 'ann' };
    expect(await near.store.list('shop', 10)).toMatchObject([shown]);
    expect(await near.store.list(null, 10)).toMatchObject([shown]);
    expect(await near.store.list('else', 10)).toEqual([]);
    await world.rows(`UPDATE listeners SET expires_at = now() - interval '2 minutes'`);
    expect(await near.store.list(null, 10)).toEqual([]);
  });

  it('without a goodbye is removed by the next one', async () => {
    await start();
    await world.rows(`UPDATE listeners SET expires_at = now() - interval '2 minutes'`);
    const id = await start();
    expect(await world.rows('SELECT id FROM listeners')).toEqual([{ id }]);
  });
});
