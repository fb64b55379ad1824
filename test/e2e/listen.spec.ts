import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Link } from '@breakwater/testing/link.js';
import { TestReceiver } from '@breakwater/testing/receiver.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { makeSource } from '../support/sources.js';

const APP = 'shop';

/** `breakwater listen --json`, and what it says. */
class Listening {
  readonly lines: Record<string, unknown>[] = [];
  err = '';
  readonly ended: Promise<number | null>;
  private rest = '';

  constructor(readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.rest + text).split('\n');
      this.rest = lines.pop()!;
      this.lines.push(...lines.map((line) => JSON.parse(line) as Record<string, unknown>));
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  }

  async says(what: object): Promise<Record<string, unknown>> {
    const isSaid = (line: Record<string, unknown>): boolean =>
      Object.entries(what).every(([name, value]) => line[name] === value);
    return eventually(() => this.lines.find(isSaid), {
      what: `${JSON.stringify(what)} in ${JSON.stringify(this.lines)} ${this.err}`,
    });
  }
}

let platform: Platform;
let near: Role;
let far: Role;
let link: Link;
let key: string;
let secret: string;
const laptop = new TestReceiver();
const running: Listening[] = [];

beforeAll(async () => {
  platform = await Platform.start();
  // Nobody listens at the second one.
  [near, far] = await Promise.all([platform.api(), platform.api({ LISTENERS_ANSWER_CALLS: 'false' })]);
  link = await Link.to(near.url.replace('localhost', '127.0.0.1'));
  await laptop.listen();
  const fallback = { strategy: 'static', value: 'by the fallback' };
  const circuitBreaker = { failureThreshold: 2, recoveryTimeoutMs: 100 };
  const { json, text } = await platform.client(near).put(`/api/v1/admin/apps/${APP}/manifest`, {
    name: 'Shop',
    ownerEmail: 'owner@example.com',
    baseUrl: platform.receiver.url,
    webhooks: {
      answer: { url: '/hooks/answer', timeout: 1_000, fallback, circuitBreaker },
      report: { url: '/hooks/report', async: true },
    },
    subscriptions: { orders: { url: '/hooks/orders', events: ['order.*'] } },
  });
  if (typeof json.signingSecret !== 'string') throw new Error(`manifest refused: ${text}`);
  secret = json.signingSecret;
  key = await platform.key(near, { scopes: ['app'], appId: APP });
  laptop.on('/hooks/answer', { body: '{"success":true,"data":"by the laptop"}' });
  platform.receiver.on('/hooks/answer', { body: '{"success":true,"data":"by the app"}' });
});
afterEach(() => {
  running.splice(0).forEach(({ child }) => child.kill('SIGKILL'));
  laptop.calls.length = 0;
});
afterAll(async () => {
  await link?.cut();
  await laptop.close();
  await platform?.stop();
});

async function listen(...args: string[]): Promise<Listening> {
  const cli = join(root, 'dist/apps/cli/src/main.js');
  const child = spawn(process.execPath, [cli, '--json', 'listen', '--forward-to', laptop.url, ...args], {
    cwd: root,
    env: { PATH: '/usr/bin:/bin', BREAKWATER_URL: link.url, BREAKWATER_API_KEY: key },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const listening = new Listening(child);
  running.push(listening);
  await listening.says({ state: 'listening' });
  return listening;
}

const invoke = async (): Promise<unknown> => {
  const { json } = await platform.client(far).invoke(APP, 'answer', { n: 1 });
  return json.data;
};
const publish = async (type = 'order.created'): Promise<string> => {
  const { json, text } = await platform
    .client(far)
    .post('/api/v1/events', { appId: APP, type, payload: { type } });
  expect(json.eventId, text).toBeDefined();
  return json.eventId as string;
};
/** Calls go to it, as far as the other api knows. */
const isAnswering = (who: string): Promise<unknown> =>
  eventually(async () => (await invoke()) === who, { what: `calls are answered ${who}` });

describe('breakwater listen', () => {
  it('answers a sync call that another api process got, signed like any', async () => {
    await listen();
    await isAnswering('by the laptop');
    const { method, path, headers, body } = laptop.calls.at(-1)!;
    expect({ method, path }).toEqual({ method: 'POST', path: '/hooks/answer' });
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({ n: 1 });
    const { json } = await platform.client(near, key).get('/api/v1/listeners');
    expect(json.items).toMatchObject([
      { appId: APP, capabilities: [], answersCalls: true, startedBy: 'test' },
    ]);
    expect(headers['breakwater-listener']).toBe(json.items[0].id);
  });

  it('passes events on, signed, at the path of their subscription', async () => {
    const listening = await listen('--limit', '1');
    await publish('invoice.paid'); // Nobody subscribed to it.
    await publish();
    await listening.says({ kind: 'event', type: 'order.created', path: '/hooks/orders', status: 200 });
    expect(await listening.ended, listening.err).toBe(0);
    const [{ headers, body }] = laptop.callsTo('/hooks/orders') as [(typeof laptop.calls)[number]];
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'order.created',
    });
    expect(laptop.calls).toHaveLength(1);
  });

  it('passes calls of async capabilities on, signed', async () => {
    const listening = await listen();
    const { json } = await platform.client(far).invoke(APP, 'report', { n: 2 });
    await listening.says({
      kind: 'event',
      id: json.deliveryId as string,
      path: '/hooks/report',
      status: 200,
    });
    const [{ headers, body }] = laptop.callsTo('/hooks/report') as [(typeof laptop.calls)[number]];
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({ n: 2 });
  });

  it('passes captured requests of one source on as they came', async () => {
    const targets = { builds: '/hooks/builds' };
    const { path } = await makeSource(platform, near, { appId: APP, name: 'code', targets });
    const listening = await listen('--source', 'code');
    await publish();
    const headers = { 'content-type': 'text/plain', 'x-event': 'push' };
    await platform.client(far).request('POST', `${path}/more?a=1`, { headers, body: 'as it came' });
    await listening.says({ kind: 'event', path: '/hooks/builds/more?a=1', status: 200 });
    expect(laptop.calls).toHaveLength(1);
    expect(laptop.calls[0]).toMatchObject({ headers });
    expect(laptop.calls[0]!.body.toString()).toBe('as it came');
  });
});

describe('a machine that sleeps', () => {
  it('fails like any app until its lease ends, then calls go to the app’s URL', async () => {
    const { child } = await listen();
    await isAnswering('by the laptop');
    child.kill('SIGSTOP');
    const reasons = await eventually(async () => {
      const { json } = await platform.client(far).invoke(APP, 'answer');
      expect(json).toMatchObject({ source: 'fallback', data: 'by the fallback' });
      return json.reason === 'circuit_open' && (json.reason as string);
    });
    expect(reasons).toBe('circuit_open');
    await platform.rows(`UPDATE listeners SET expires_at = now() - interval '1 hour'`);
    await isAnswering('by the app');
  });

  it('gets everything of the meantime when it is awake again, in order and once', async () => {
    const listening = await listen();
    await publish('order.first');
    await listening.says({ kind: 'event', type: 'order.first' });
    listening.child.kill('SIGSTOP');
    link.drop();
    await isAnswering('by the app');
    const types = Array.from({ length: 20 }, (_, n) => `order.n${n}`);
    for (const type of types) await publish(type);
    await platform.rows(`UPDATE events SET created_at = created_at - interval '1 hour'`);
    listening.child.kill('SIGCONT');
    await listening.says({ state: 'lost' });
    await listening.says({ state: 'resumed', missed: 20 });
    await listening.says({ kind: 'event', type: 'order.n19' });
    const received = laptop
      .callsTo('/hooks/orders')
      .map(({ body }) => JSON.parse(body.toString()).type as string);
    expect(received).toEqual(['order.first', ...types]);
    await isAnswering('by the laptop');
  });
});

it('calls go to the app’s URL at once when the listener ends, and both are in the audit log', async () => {
  const listening = await listen();
  await isAnswering('by the laptop');
  listening.child.kill('SIGINT');
  expect(await listening.ended).toBe(0);
  await isAnswering('by the app');
  await eventually(async () => {
    const { json } = await platform.client(near).get('/api/v1/admin/audit-log?limit=2');
    const actions = (json.items as { action: string; outcome: string }[]).map(({ action, outcome }) => [
      action,
      outcome,
    ]);
    return (
      JSON.stringify(actions) ===
      JSON.stringify([
        ['listener.end', 'done'],
        ['listener.start', 'done'],
      ])
    );
  });
});

describe('who may not listen', () => {
  /** The code of its refusal. */
  async function refusal(apiKey: string, url = link.url): Promise<unknown> {
    const cli = join(root, 'dist/apps/cli/src/main.js');
    const child = spawn(
      process.execPath,
      [cli, '--json', 'listen', '--app', APP, '--forward-to', laptop.url],
      {
        cwd: root,
        env: { BREAKWATER_URL: url, BREAKWATER_API_KEY: apiKey },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const listening = new Listening(child);
    running.push(listening);
    expect(await listening.ended).toBeGreaterThan(0);
    return listening.lines.at(-1)!['code'];
  }

  it('a key that only reads', async () => {
    expect(await refusal(await platform.key(near, { scopes: ['read'], appId: APP }))).toBe('FORBIDDEN');
  });

  it('the key of another app', async () => {
    await platform.register(near, { any: {} }, 'other');
    expect(await refusal(await platform.key(near, { scopes: ['app'], appId: 'other' }))).toBe(
      'APP_NOT_FOUND',
    );
  });

  it('a portal link', async () => {
    const { json } = await platform.client(near).post(`/api/v1/admin/apps/${APP}/portal-links`, {
      capabilities: ['test', 'redeliver'],
    });
    expect(await refusal(json.token as string)).toBe('FORBIDDEN');
  });

  it('anybody for calls, where LISTENERS_ANSWER_CALLS is false', async () => {
    expect(await refusal(key, far.url.replace('localhost', '127.0.0.1'))).toBe('FORBIDDEN');
  });
});
