import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { startMailServer, type MailServer } from '@breakwater/testing/mail-server.js';
import { ensureRuntimeLogin } from '../../libs/platform/src/migrations/runtime-login.io.js';
import type { Answer, HttpClient } from '../support/http.js';
import { newKey, Platform } from '../support/platform.js';
import { spawnRole, type Role } from '../support/roles.js';
import { filled, routes } from './openapi.js';

const unique = (name: string): string => `canary${name}${randomBytes(12).toString('hex')}`;

/** Values that only their addressee may see. Those that the product creates are added when it returns them. */
const secrets: Record<string, string> = {
  header: unique('header'),
  smtp: unique('smtp'),
  database: unique('database'),
  redis: unique('redis'),
  encryption: randomBytes(32).toString('base64'),
  adminKey: newKey(),
  wrongKey: newKey(),
};
/** Values that may be stored only where docs/guides/security.md says. */
const contents: Record<string, string> = {
  payload: unique('payload'),
  context: unique('context'),
  answer: unique('answer'),
  answerHeader: unique('answerheader'),
  idempotency: unique('idempotency'),
  query: unique('query'),
};
const everything = (): Record<string, string> => ({ ...secrets, ...contents });

/** Where the contents are stored in the clear. There is no such place for secrets. */
const DOCUMENTED = [
  'answer: public.attempts.response_body',
  'answer: public.last_answers.data',
  'answerHeader: public.attempts.response_headers',
  'context: public.pending_approvals.context',
  'context: public.pending_approvals.context_bytes',
  'idempotency: public.idempotency_keys.key',
  'payload: public.deliveries.body',
  'payload: public.pending_approvals.payload',
  'payload: public.webhook_dead_letter_queue.payload',
  'query: public.endpoints.url',
  'query: public.manifest_versions.document',
];

let database: TestDatabase;
let platform: Platform;
let api: Role;
let admin: HttpClient;
let printed: string;
let smtp: MailServer;
const mails = (): string[] => smtp.received.map(({ raw }) => raw);
/** Refusals, with the canary that the request itself contained. */
const refusals: { answer: Answer; brought: string | undefined }[] = [];
const redisLines: string[] = [];
let redisKeys = 0;
const redis = inject('redisUrl') ? new Redis(inject('redisUrl')!, { lazyConnect: true }) : null;
let monitor: Redis | undefined;

beforeAll(async () => {
  smtp = await startMailServer({ password: secrets['smtp']! });
  database = await createTestDatabase();
  const login = new URL(database.url);
  login.username = `canary_${randomBytes(4).toString('hex')}`;
  login.password = secrets['database']!;
  await ensureRuntimeLogin(database.url, login.href);
  const queue: Record<string, string> = {};
  if (redis) {
    await redis.connect();
    await redis.call('ACL', 'SETUSER', 'canary', 'on', `>${secrets['redis']}`, '~*', '&*', '+@all');
    const url = new URL(inject('redisUrl')!);
    [url.username, url.password] = ['canary', secrets['redis']!];
    queue['REDIS_URL'] = url.href;
    monitor = await redis.monitor();
    monitor.on('monitor', (_time: string, args: string[]) => redisLines.push(args.join(' ')));
  }
  const env = {
    ...queue,
    LOG_LEVEL: 'trace',
    SMTP_URL: `smtp://mailer:${secrets['smtp']}@127.0.0.1:${smtp.port}`,
    DATABASE_URL: login.href,
    ENCRYPTION_KEYS: `k1:${secrets['encryption']}`,
    ADMIN_EMAILS: 'ann@platform.example',
    BREAKWATER_ADMIN_KEY: secrets['adminKey']!,
  };
  platform = await Platform.start({ databaseUrl: database.url, env });
  const shown = spawnRole('api', platform.env, ['--print-config']);
  [api] = await Promise.all([platform.api(), platform.worker()]);
  await shown.end();
  printed = shown.output;
  admin = platform.client(api, secrets['adminKey']);
  await traffic();
});

afterAll(async () => {
  await platform?.stop();
  await database?.drop();
  monitor?.disconnect();
  await redis?.call('ACL', 'DELUSER', 'canary');
  redis?.disconnect();
  await smtp?.close();
});

const headers = { 'x-shop-token': secrets['header']! };
const soon = { initialDelayMs: 20, maxAttempts: 2, jitter: 0 };
const WEBHOOKS: Record<string, object> = {
  good: { fallback: 'last_success' },
  garbled: {},
  empty: {},
  odd: {},
  breaks: { async: true },
  asks: { fallback: 'pending_approval' },
  winner: { fallback: 'random_winner' },
  kept: { fallback: 'queue' },
  later: { async: true },
  again: { async: true, retry: soon },
  dead: { async: true, retry: soon },
  gone: { async: true },
  waits: { async: true, retry: { initialDelayMs: 3_600_000, jitter: 0 } },
  opens: { circuitBreaker: { failureThreshold: 2, recoveryTimeoutMs: 3_600_000 } },
  shuts: { async: true, retry: soon, circuitBreaker: { failureThreshold: 1, recoveryTimeoutMs: 3_600_000 } },
};

/** Everything that happens to a delivery, and wrong requests of callers. */
async function traffic(): Promise<void> {
  const { receiver } = platform;
  const urlOf = (capability: string): string => `/${capability}?token=${contents['query']}`;
  const body = JSON.stringify({ said: contents['answer'] });
  const said = { body, headers: { 'content-type': 'application/json', 'x-said': contents['answerHeader']! } };
  const location = `http://127.0.0.1/${contents['answerHeader']}`;
  for (const capability of ['asks', 'winner', 'kept', 'dead', 'waits', 'opens', 'shuts'])
    receiver.on(urlOf(capability), { ...said, status: 503 });
  for (const capability of ['good', 'later']) receiver.on(urlOf(capability), said);
  receiver.on(urlOf('again'), ({ number }) => ({ ...said, status: number === 1 ? 500 : 200 }));
  receiver.on(urlOf('gone'), { ...said, status: 410 });
  receiver.on(urlOf('garbled'), { ...said, body: `{"said": ${contents['answer']}` });
  receiver.on(urlOf('empty'), { ...said, body: '' });
  receiver.on(urlOf('odd'), { ...said, status: 302, headers: { location } });
  const webhooks = Object.fromEntries(
    Object.entries(WEBHOOKS).map(([name, more]) => [name, { url: urlOf(name), headers, ...more }]),
  );
  const manifest = { name: 'Quiz', ownerEmail: 'owner@example.com', baseUrl: receiver.url, webhooks };
  const registered = await admin.put('/api/v1/admin/apps/shop/manifest', manifest);
  secrets['signing'] = registered.json.signingSecret as string;
  const rotated = await admin.post('/api/v1/admin/apps/shop/signing-secret/rotate', {});
  secrets['rotated'] = rotated.json.signingSecret as string;
  secrets['appKey'] = (
    await admin.post('/api/v1/admin/api-keys', { name: 'shop', scopes: ['app'], appId: 'shop' })
  ).json.key as string;
  const link = await admin.post('/api/v1/admin/apps/shop/portal-links', { note: 'Ann' });
  secrets['portalToken'] = link.json.token as string;
  const session = await platform.client(api, '').post('/api/v1/session', { key: secrets['appKey'] });
  secrets['session'] = /=([^;]+)/.exec(String(session.headers['set-cookie']))![1]!;
  for (const name of ['signing', 'rotated', 'appKey', 'portalToken'])
    expect(secrets[name]).toMatch(/^(whsec|bwp?)_.{20}/);
  const shop = platform.client(api, secrets['appKey']);
  const listener = io(api.url.replace('localhost', '127.0.0.1'), {
    path: '/ws',
    transports: ['websocket'],
    reconnection: false,
    auth: { apiKey: secrets['appKey'] },
  });
  const heard: unknown[] = [];
  listener.on('notification', (notice) => heard.push(notice));
  await new Promise((resolve) => listener.once('ready', resolve));
  await listener.timeout(5_000).emitWithAck('join', { roomId: 'room' });

  const context = { roomId: 'room', participants: ['ann'], note: contents['context'] };
  const payload = { card: contents['payload'] };
  const invoke = (capability: string, client = shop): Promise<Answer> => {
    const sending =
      WEBHOOKS[capability] && 'async' in WEBHOOKS[capability] ? { headers: idempotent(capability) } : {};
    return client.invoke('shop', capability, payload, { context }, sending);
  };
  for (const capability of Object.keys(WEBHOOKS).filter((name) => name !== 'breaks'))
    take(await invoke(capability));
  for (let n = 0; n < 3; n++) take(await invoke('opens'));
  await eventually(() => heard.length > 0, { what: 'a notice' });
  expect(leaksIn(JSON.stringify(heard))).toEqual([]);
  listener.disconnect();
  await misuse(shop);
  const states = async (): Promise<Record<string, string>> => {
    const rows = await platform.rows<{ capability: string; status: string }>(
      `SELECT capability, status FROM deliveries WHERE mode = 'async' OR capability = 'kept'`,
    );
    return Object.fromEntries(rows.map(({ capability, status }) => [capability, status]));
  };
  await eventually(
    async () => {
      const { later, again, dead, gone } = await states();
      return (
        later === 'completed' && again === 'completed' && dead === 'dead_letter' && gone === 'dead_letter'
      );
    },
    { what: 'all deliveries over' },
  );
  await eventually(() => smtp.received.length >= 4, {
    limitMs: 20_000,
    what: 'mails about the open breakers',
  });
  await eventually(async () => (await platform.rows('SELECT 1 FROM last_answers')).length === 1);
  const postponed = `SELECT 1 FROM deliveries WHERE capability = 'shuts' AND wait_reason = 'circuit_open'`;
  await eventually(async () => (await platform.rows(postponed)).length === 1, {
    what: 'a delivery postponed',
  });
}

const idempotent = (capability: string): Record<string, string> => ({
  'idempotency-key': `${contents['idempotency']}-${capability}`,
});

/** Requests that are refused, with secrets where they do not belong. */
async function misuse(shop: HttpClient): Promise<void> {
  const stranger = platform.client(api, secrets['wrongKey']);
  take(await stranger.get('/api/v1/deliveries'));
  take(await platform.client(api, '').get(`/api/v1/deliveries?apiKey=${secrets['appKey']}`));
  take(await platform.client(api, secrets['portalToken']).get('/api/v1/admin/apps'));
  const cookie = `breakwater_session=${secrets['session']}`;
  take(await platform.client(api, '').post('/api/v1/deliveries/cancel', {}, { headers: { cookie } }));
  take(await platform.client(api, '').post('/api/v1/session', { key: secrets['wrongKey'] }));
  take(await shop.get(`/api/v1/deliveries?nonsense=${secrets['appKey']}`), 'appKey');
  take(await shop.get(`/api/v1/admin/apps`));
  const invoke = '/api/v1/apps/shop/capabilities/later/invoke';
  take(await shop.post(invoke, { payload: 1 }, { headers: { 'idempotency-key': 'x'.repeat(300) } }));
  take(await shop.post(invoke, { payload: 2 }, { headers: idempotent('later') }), 'idempotency');
  const bad = (more: object): object => ({
    name: 'Quiz',
    ownerEmail: 'owner@example.com',
    baseUrl: platform.receiver.url,
    webhooks: { quiz: { url: '/quiz', headers, ...more } },
  });
  const manifests = [
    bad({ url: 'http://10.0.0.1/' }),
    bad({ timeout: 1 }),
    bad({ headers: { 'x-shop-token': `${secrets['header']}\n` } }),
    bad({ headers: { host: secrets['header'] } }),
    bad({ headers: [secrets['header']] }),
    bad({ headers: { 'x-shop-token': 'é'.repeat(5_000) + secrets['header'] } }),
    bad({ headers: { 'x-shop-token': [secrets['header']] } }),
    bad({ headers: secrets['header'] }),
  ];
  for (const manifest of manifests) {
    take(await admin.put('/api/v1/admin/apps/shop/manifest', manifest));
    take(await admin.post('/api/v1/admin/manifests/validate', manifest));
  }
  // The database itself refuses a row, and quotes it.
  await platform.rows(`ALTER TABLE deliveries ADD CONSTRAINT canary CHECK (capability <> 'breaks')`);
  const sending = { headers: idempotent('breaks') };
  take(await shop.invoke('shop', 'breaks', { card: contents['payload'] }, {}, sending));
  await platform.rows('ALTER TABLE deliveries DROP CONSTRAINT canary');
}

function take(answer: Answer, brought?: string): void {
  if (answer.status >= 400) refusals.push({ answer, brought });
}

/** Every encoding in which a text may be hidden in another. */
function formsOf(canary: string): string[] {
  const key = canary.replace(/^whsec_/, '');
  const bytes = Buffer.from(key);
  const raw = canary === key ? [] : [Buffer.from(key, 'base64').toString('hex')];
  return [key, encodeURIComponent(key), bytes.toString('hex'), bytes.toString('base64').slice(0, -4), ...raw];
}

/** Names of the canaries in a text. */
function leaksIn(haystack: string, canaries = everything()): string[] {
  return Object.entries(canaries)
    .filter(([, canary]) => formsOf(canary).some((form) => haystack.includes(form)))
    .map(([name]) => name);
}

const readable = (value: unknown): string =>
  Buffer.isBuffer(value)
    ? `${value.toString('utf8')} ${value.toString('hex')}`
    : (JSON.stringify(value) ?? '');

/** Every column of every table that contains a canary, as `canary: schema.table.column`. */
async function dump(): Promise<{ found: string[]; rows: number }> {
  const tables = await platform.rows<{ name: string; quoted: string }>(
    `SELECT schemaname || '.' || tablename AS name, format('%I.%I', schemaname, tablename) AS quoted FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'partitions')`,
  );
  const found = new Set<string>();
  let total = 0;
  for (const { name, quoted } of tables) {
    const rows = await platform.rows(`SELECT * FROM ${quoted}`);
    total += rows.length;
    for (const row of rows)
      for (const [column, value] of Object.entries(row))
        for (const canary of leaksIn(readable(value))) found.add(`${canary}: ${name}.${column}`);
  }
  return { found: [...found].sort(), rows: total };
}

async function redisDump(): Promise<string> {
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis!.get(key),
    list: (key) => redis!.lrange(key, 0, -1),
    set: (key) => redis!.smembers(key),
    zset: (key) => redis!.zrange(key, '0', '-1'),
    hash: (key) => redis!.hgetall(key),
    stream: (key) => redis!.xrange(key, '-', '+'),
  };
  const keys = await redis!.keys(`${platform.env['QUEUE_PREFIX']}:*`);
  redisKeys = keys.length;
  const values = await Promise.all(
    keys.map(async (key) => [key, await readers[await redis!.type(key)]?.(key)]),
  );
  return JSON.stringify(values);
}

describe('after all that can happen to a delivery', () => {
  it('the database contains no secret in the clear, and other contents only where documented', async () => {
    const { found, rows } = await dump();
    expect(rows).toBeGreaterThan(100);
    expect(found).toEqual(DOCUMENTED);
  });

  it('its sealed columns are filled', async () => {
    const rows = await platform.rows<{ sealed: string }>(
      `SELECT sealed FROM signing_secrets UNION ALL SELECT headers_sealed FROM endpoints`,
    );
    expect(rows).toHaveLength(2 + Object.keys(WEBHOOKS).length);
    for (const { sealed } of rows) expect(sealed).toMatch(/^v1\.k1\.[\w-]{40,}$/);
  });

  it.skipIf(!redis)('Redis contains ids, and received nothing else', async () => {
    const all = await redisDump();
    const [waiting] = await platform.rows<{ id: string }>(
      `SELECT id FROM deliveries WHERE capability = 'waits' AND status = 'pending'`,
    );
    expect(redisKeys).toBeGreaterThan(0);
    expect(all).toContain(waiting!.id);
    expect(leaksIn(all)).toEqual([]);
    expect(redisLines.some((line) => line.includes(waiting!.id))).toBe(true);
    expect(leaksIn(redisLines.join('\n'))).toEqual([]);
  });

  it('no line of any log contains one, at the most verbose level', () => {
    const levels = new Set(platform.roles.flatMap(({ log }) => log.map(({ level }) => level)));
    expect([...levels]).toEqual(expect.arrayContaining(['debug', 'info', 'warn', 'error']));
    for (const { name, output } of platform.roles) {
      const lines = output.split('\n').filter((line) => leaksIn(line).length > 0);
      expect({ name, lines: lines.map((line) => [leaksIn(line), line]) }).toEqual({ name, lines: [] });
    }
  });

  it('no mail contains one', () => {
    expect(mails().join('\n')).toContain('opens');
    expect(leaksIn(mails().join('\n').replaceAll('=\r\n', ''))).toEqual([]);
    for (const mail of mails()) expect(leaksIn(decoded(mail))).toEqual([]);
  });

  it('no refusal contains one, except what the request contained', () => {
    expect(refusals.length).toBeGreaterThan(20);
    const leaking = refusals
      .map(({ answer, brought }) => [leaksIn(answer.text).filter((name) => name !== brought), answer.text])
      .filter(([names]) => names!.length > 0);
    expect(leaking).toEqual([]);
  });

  it('the API shows no secret again, to nobody', async () => {
    const ids: Record<string, string> = {
      appId: 'shop',
      capability: 'opens',
      version: '1',
      name: 'ledger',
      type: 'order.created',
      source: 'github',
      target: 'builds',
    };
    const subscription = {
      name: 'ledger',
      url: '/ledger',
      events: ['order.*'],
      headers: { 'x-key': secrets['header']! },
    };
    const subscribed = await admin.post('/api/v1/apps/shop/subscriptions', subscription);
    expect(subscribed.status).toBe(201);
    expect((await admin.put('/api/v1/event-types/order.created', { schema: {} })).status).toBe(200);
    const ownSecret = await admin.post('/api/v1/apps/shop/subscriptions/ledger/signing-secret/rotate', {});
    secrets['subscription'] = subscribed.json.signingSecret as string;
    secrets['rotated subscription'] = ownSecret.json.signingSecret as string;
    for (const name of ['subscription', 'rotated subscription'])
      expect(secrets[name]).toMatch(/^whsec_.{20}/);
    const created = await admin.post('/api/v1/apps/shop/sources', {
      name: 'github',
      verification: { preset: 'github' },
      generateSecret: true,
      targets: [{ name: 'builds', url: '/ledger', headers: { 'x-key': secrets['header']! } }],
    });
    secrets['source'] = created.json.secret as string;
    expect(secrets['source']).toMatch(/^whsec_.{20}/);
    const { pathname } = new URL(created.json.url as string);
    const authorization = `Bearer ${secrets['header']!}`;
    expect((await admin.post(pathname, {}, { headers: { authorization } })).status).toBe(401);
    const event = { appId: 'shop', type: 'invoice.paid', payload: {} };
    expect((await admin.post('/api/v1/events', event)).status).toBe(202);
    const plan = { kind: 'cancel', filter: { appId: 'shop' } };
    expect((await admin.post('/api/v1/bulk-operations', plan)).status).toBe(201);
    const run = await admin.post('/api/v1/apps/shop/conformance-runs', { subscription: 'ledger' });
    expect(run.status).toBe(202);
    const certificate = await admin.put('/api/v1/admin/apps/shop/client-certificate', {
      certificate: pem('client'),
      key: pem('key'),
    });
    expect(certificate.status).toBe(200);
    await platform.rows(
      `INSERT INTO alerts (id, rule_id, rule_name, type, app_id, threshold, window_ms, value_at_firing, worst_value)
       SELECT gen_random_uuid(), id, name, type, 'shop', threshold, window_ms, 1, 1 FROM alert_rules LIMIT 1`,
    );
    let seen = 0;
    for (const { method, path, route } of routes.filter((each) => each.method === 'GET')) {
      const list = filled(path.replace(/\/\{id\}.*$/, ''), ids);
      const id = path.includes('{id}') ? ((await admin.get(list)).json.items[0].id as string) : '';
      const query = path.endsWith('/search') ? '?q=shop' : '';
      const answer = await admin.request(method, filled(path, { ...ids, id }) + query);
      expect([route, answer.status, leaksIn(answer.text, secrets)]).toEqual([route, 200, []]);
      expect([route, answer.text.includes('PRIVATE KEY')]).toEqual([route, false]);
      seen += answer.text.length;
    }
    expect(seen).toBeGreaterThan(10_000);
  });

  it('the settings are printed without them', () => {
    expect(printed).toContain('SMTP_URL=');
    expect(leaksIn(printed)).toEqual([]);
  });

  it('receivers got what is meant for them, and not the signing secrets', () => {
    // A conformance run sends a payload of its own.
    const meant = platform.receiver.calls.filter(({ headers: got }) => got['breakwater-test'] === undefined);
    const calls = meant.map(({ path, headers: got, body }) => JSON.stringify([path, got, body.toString()]));
    expect(calls.length).toBeGreaterThan(10);
    for (const call of calls) expect(leaksIn(call).sort()).toEqual(['header', 'payload', 'query']);
  });
});

function pem(name: string): string {
  return readFileSync(join(root, `libs/webhook-client/src/fixtures/${name}.pem`), 'utf8');
}

function decoded(mail: string): string {
  return [...mail.matchAll(/^[A-Za-z0-9+/]{20,}={0,2}$/gm)]
    .map(([line]) => Buffer.from(line, 'base64').toString())
    .join('');
}

describe('one flipped bit in a sealed secret', () => {
  const flipped = (sealed: string, at: number): string => {
    const parts = sealed.split('.');
    const bytes = Buffer.from(parts[2]!, 'base64url');
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    return [...parts.slice(0, 2), bytes.toString('base64url')].join('.');
  };
  const HEADERS = { table: 'endpoints', column: 'headers_sealed' };
  const SIGNING = { table: 'signing_secrets', column: 'sealed' };

  it.each<[string, typeof SIGNING, number]>([
    ['the nonce of a signing secret', SIGNING, 0],
    ['the tag of a signing secret', SIGNING, 12],
    ['the first byte of a signing secret', SIGNING, 28],
    ['the last byte of a signing secret', SIGNING, -1],
    ['the first byte of custom headers', HEADERS, 28],
  ])('sends nothing, and the attempt says why: %s', async (name, { table, column }, at) => {
    const appId = `bit${at < 0 ? 'last' : at}${table}`.replaceAll('_', '');
    const paths = ['now', 'later'].map((path) => `/${appId}-${path}`);
    const [now, later] = paths.map((url) => ({ url, headers }));
    const manifest = { name, ownerEmail: 'owner@example.com', baseUrl: platform.receiver.url };
    const webhooks = { now, later: { ...later, async: true, retry: { maxAttempts: 1 } } };
    expect((await admin.put(`/api/v1/admin/apps/${appId}/manifest`, { ...manifest, webhooks })).status).toBe(
      200,
    );
    const rows = await platform.rows<{ id: string; sealed: string }>(
      `SELECT id, ${column} AS sealed FROM ${table} WHERE app_id = $1`,
      appId,
    );
    for (const { id, sealed } of rows)
      await platform.rows(`UPDATE ${table} SET ${column} = $2 WHERE id = $1`, id, flipped(sealed, at));
    await platform.rows(`SELECT pg_notify('manifest', $1)`, appId);

    // The notification has a connection of its own: for a moment a process may still send what it read before.
    await eventually(async () => (await admin.invoke(appId, 'now')).status === 502, {
      what: 'a refused call',
    });
    const last = async (): Promise<{ outcome: string; error: string | null } | undefined> => {
      const { deliveryId } = (await admin.invoke(appId, 'later')).json as { deliveryId: string };
      const ofDelivery = 'SELECT outcome, error FROM attempts WHERE delivery_id = $1::uuid';
      const attempts = (): Promise<{ outcome: string; error: string | null }[]> =>
        platform.rows(ofDelivery, deliveryId);
      await eventually(async () => (await attempts()).length === 1, { what: 'an attempt' });
      return (await attempts())[0];
    };
    await eventually(async () => (await last())?.outcome === 'misconfigured', { what: 'a refused attempt' });
    const callsBefore = paths.map((path) => platform.receiver.callsTo(path).length);
    const answer = await admin.invoke(appId, 'now');
    expect([answer.status, answer.json.code]).toEqual([502, 'APP_UNAVAILABLE']);
    expect(answer.json.detail).toContain('misconfigured');
    const error = expect.stringMatching(/^SECRET_DAMAGED: /) as string;
    expect(await last()).toEqual({ outcome: 'misconfigured', error });
    expect(paths.map((path) => platform.receiver.callsTo(path).length)).toEqual(callsBefore);
    expect(leaksIn(answer.text)).toEqual([]);
  });
});
