import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DnsServer, type Records } from '@breakwater/testing/dns-server.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { ACCEPTED_URLS, REFUSED_URLS } from '../../libs/webhook-client/src/fixtures/ssrf-vectors.fixture.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';
import { Canary } from '../support/canary.js';

const vectors = REFUSED_URLS.flatMap(([, , urls]) => urls);
const PUBLIC: Records = { addresses: ['8.8.8.8'] };

let canary: Canary;
let dns: DnsServer;
let platform: Platform;
/** Allows everything that the settings can allow; `loose` also allows plain http, as many installations do. */
let strict: Role;
let loose: Role;
let admin: HttpClient;
/** Names with other records than a public address; a list has one record after the other. */
const zone = new Map<string, Records | null | ((asked: number) => Records)>();

beforeAll(async () => {
  canary = await Canary.listen();
  dns = await new DnsServer((name, asked) => {
    const held = zone.get(name);
    return typeof held === 'function' ? held(asked) : held === undefined ? PUBLIC : held;
  }).listen();
  const proxy = `http://127.0.0.1:${canary.port}`;
  platform = await Platform.start({
    env: {
      OUTBOUND_DNS_SERVERS: dns.address,
      OUTBOUND_ALLOW_HTTP: 'false',
      OUTBOUND_ALLOW: '',
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      ALL_PROXY: proxy,
      NO_PROXY: '',
      NODE_USE_ENV_PROXY: '1',
      http_proxy: proxy,
      https_proxy: proxy,
      all_proxy: proxy,
      no_proxy: '',
    },
  });
  // Only the receiver may be called, by its address and port; the canary listens on other ports of the same host.
  const opened = {
    OUTBOUND_ALLOW: platform.receiver.url.slice('http://'.length),
    OUTBOUND_ALLOW_HTTP: 'true',
  };
  [strict, loose] = await Promise.all([platform.api(), platform.api(opened), platform.worker(opened)]);
  admin = platform.client(loose);
});

afterAll(async () => {
  await platform?.stop();
  await canary?.close();
  await dns?.close();
});

const manifest = (webhook: unknown, change: object = {}): object => ({
  name: 'Quiz',
  ownerEmail: 'owner@example.com',
  baseUrl: 'https://example.com',
  webhooks: { quiz: webhook },
  ...change,
});
const put = (api: Role, appId: string, document: object) =>
  platform.client(api).put(`/api/v1/admin/apps/${appId}/manifest`, document);
const newApp = async (webhook: object): Promise<string> => {
  const appId = `app-${randomUUID()}`;
  const { status, text } = await put(loose, appId, manifest(webhook, { baseUrl: platform.receiver.url }));
  expect(status, text).toBe(200);
  return appId;
};
const outcomesOf = async (deliveryId: string): Promise<unknown[]> => {
  const rows = await platform.rows<{ outcome: string }>(
    'SELECT outcome FROM attempts WHERE delivery_id = $1 ORDER BY number',
    deliveryId,
  );
  return rows.map(({ outcome }) => outcome);
};
const ended = (id: string): Promise<string> =>
  eventually(async () => {
    const { status } = (await admin.get(`/api/v1/deliveries/${id}`)).json as { status: string };
    return status !== 'pending' && status;
  });
const accepted = async (appId: string): Promise<string> => {
  const { status, json, text } = await admin.invoke(appId, 'quiz');
  expect(status, text).toBe(202);
  return json.deliveryId as string;
};
/** As if the rule had been looser at registration. */
const force = async (appId: string, url: string): Promise<void> => {
  await platform.rows('UPDATE endpoints SET url = $2 WHERE app_id = $1', appId, url);
  await platform.rows(`SELECT pg_notify('manifest', $1)`, appId);
};
const atCanary = (host: string): string => `http://${host}:${canary.port}/`;
/** The one condition of all these tests. */
const expectNobodyCame = (): void => expect(canary.connections).toBe(0);

describe('the corpus', () => {
  it('has at least 110 vectors, each once', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(110);
    expect(new Set(vectors).size).toBe(vectors.length);
  });

  it.each<[string, RegExp]>([
    ['loopback', /^https:\/\/127\.0\.0\.1\/$/],
    ['short loopback', /\/\/127\.1\//],
    ['decimal loopback', /\/\/2130706433\//],
    ['octal loopback', /\/\/0177\.0\.0\.1/],
    ['hexadecimal loopback', /\/\/0x7f000001\//],
    ['full-width loopback', /\/\/１２７/],
    ['percent-encoded loopback', /\/\/%31%32%37/],
    ['loopback with a trailing dot', /\/\/127\.0\.0\.1\.\//],
    ['loopback with a tab in it', /127\.0\.\t0\.1/],
    ['metadata', /\/\/169\.254\.169\.254\//],
    ['decimal metadata', /\/\/2852039166\//],
    ['octal metadata', /\/\/0251\./],
    ['hexadecimal metadata', /\/\/0xa9fea9fe\//],
    ['short metadata', /\/\/169\.254\.43518\//],
    ['full-width metadata', /\/\/１６９/],
    ['0.0.0.0/8', /\/\/0\.1\.2\.3\//],
    ['10/8', /\/\/10\.0\.0\.1\//],
    ['172.16/12', /\/\/172\.31\./],
    ['192.168/16', /\/\/192\.168\./],
    ['shared addresses', /\/\/100\.64\./],
    ['link-local addresses', /\/\/169\.254\.1\.1\//],
    ['documentation', /\/\/(192\.0\.2|198\.51\.100|203\.0\.113)\.1\//],
    ['benchmarks', /\/\/198\.18\./],
    ['multicast', /\/\/224\.0\.0\.1\//],
    ['reserved addresses', /\/\/240\.0\.0\.1\//],
    ["Azure's host", /\/\/168\.63\.129\.16\//],
    ['IPv6 loopback', /\/\/\[::1\]\//],
    ['IPv4 mapped', /\[::ffff:127\.0\.0\.1\]/],
    ['IPv4 compatible', /\[::127\.0\.0\.1\]/],
    ['NAT64', /\[64:ff9b::/],
    ['6to4', /\[2002:7f00:1::\]/],
    ['Teredo', /\[2001:0:/],
    ['SIIT', /\[::ffff:0:/],
    ['unique local addresses', /\[fd12:/],
    ['IPv6 link-local', /\[fe80::1\]/],
    ['a zone', /\[fe80::1%/],
    ['site-local addresses', /\[fec0::/],
    ['localhost with a trailing dot', /\/\/localhost\.\//],
    ['names below localhost', /\/\/app\.localhost\//],
    ['names of one label', /\/\/router\//],
    ['names below internal', /\/\/db\.internal\//],
    ["Google's metadata", /\/\/metadata\.google\.internal\//],
    ['user names', /\/\/a:b@/],
    ['fragments', /#@/],
    ['backslashes', /\\@/],
    ['file', /^file:/],
    ['ftp', /^ftp:/],
    ['gopher', /^gopher:/],
    ['data', /^data:/],
    ['databases', /:5432\//],
    ['Redis', /:6379\//],
    ['mail', /:25\//],
  ])('contains %s', (_, looksLike) => expect(vectors.filter((url) => looksLike.test(url))).not.toEqual([]));
});

describe('at registration', () => {
  const codes = { 400: 'INPUT_INVALID|MANIFEST_INVALID', 422: 'SSRF_BLOCKED' };

  it('every vector is refused, as a webhook and as the base of others, and nothing is stored', async () => {
    for (const url of vectors) {
      // Text that begins with a slash is a path of the base, and valid.
      const asWebhook = url.startsWith('/') ? [] : [manifest(url)];
      for (const document of [...asWebhook, manifest('/quiz', { baseUrl: url })]) {
        const { status, json, text } = await put(strict, 'never-stored', document);
        expect(Object.keys(codes), `${JSON.stringify(document)} ${text}`).toContain(String(status));
        expect(json.code, text).toMatch(new RegExp(`^(${codes[status as 400 | 422]})$`));
      }
    }
    expect(await platform.rows('SELECT id FROM apps UNION SELECT id::text FROM endpoints')).toEqual([]);
    expectNobodyCame();
  });

  it('safe URLs pass: public addresses, names beyond ASCII, port 8443', async () => {
    const refused: unknown[] = [];
    for (const url of ACCEPTED_URLS) {
      const { status, text } = await put(strict, 'good', manifest(url));
      if (status !== 200) refused.push([url, text]);
    }
    expect(refused).toEqual([]);
  });

  it('a bad URL does not replace a good one', async () => {
    const appId = await newApp({ url: '/quiz', async: true });
    for (const url of [
      'http://169.254.169.254/',
      atCanary('127.0.0.1'),
      atCanary('localhost'),
      'file:///a',
    ]) {
      expectProblem(
        await put(loose, appId, manifest({ url, async: true })),
        'SSRF_BLOCKED',
        '/webhooks/quiz/url',
      );
    }
    expect((await admin.get(`/api/v1/admin/apps/${appId}`)).json).toMatchObject({ manifestVersion: 1 });
    expect(await ended(await accepted(appId))).toBe('completed');
    expect(platform.receiver.callsTo('/quiz')).toHaveLength(1);
  });
});

describe('rows that should not exist', () => {
  const KINDS = [false, true];
  const forced = vectors
    .flatMap((url) => [url, withPort(url)])
    // A URL that fits no column cannot be stored, and the loose processes allow plain http.
    .filter((url) => url.length <= 2048 && url.isWellFormed() && !url.includes('\0'))
    .filter((url) => !url.startsWith('http:'));

  /** The same host, with the canary's port where the vector has none. */
  function withPort(url: string): string {
    const host = /^https:\/\/([^/?#\\\s]+)\/$/i.exec(url)?.[1];
    return host === undefined || /:\d+$/.test(host) ? url : `https://${host}:PORT/`;
  }

  it('are not called, sync or async, whichever of the vectors they hold', async () => {
    const appId = await newApp({ url: '/quiz' });
    const urls = [...new Set(forced)].map((url) => url.replace('PORT', String(canary.port)));
    expect(urls.filter((url) => url.includes(`:${canary.port}/`)).length).toBeGreaterThan(90);
    for (const isAsync of KINDS) {
      await platform.rows(
        `INSERT INTO endpoints (id, app_id, kind, capability, url, async)
         SELECT gen_random_uuid(), $1, 'capability', $2 || n, url, $3::boolean
         FROM unnest($4::text[]) WITH ORDINALITY AS t(url, n)`,
        appId,
        isAsync ? 'later_' : 'now_',
        isAsync,
        urls,
      );
    }
    await platform.rows(`SELECT pg_notify('manifest', $1)`, appId);
    await eventually(async () => (await admin.invoke(appId, 'later_1')).status === 202, {
      what: 'the rows seen',
    });
    for (const n of urls.keys()) {
      const now = await admin.invoke(appId, `now_${n + 1}`);
      expect([urls[n], now.status, now.json.code]).toEqual([urls[n], 502, 'APP_UNAVAILABLE']);
      expect(now.json.detail, urls[n]).toContain('blocked');
      expect((await admin.invoke(appId, `later_${n + 1}`)).status).toBe(202);
    }
    const total = urls.length * 2;
    // A sync call is written down after its answer. The wait for the rows made one delivery more.
    const done = `SELECT DISTINCT capability FROM deliveries WHERE app_id = $1 AND finished_at IS NOT NULL`;
    const left = `SELECT id FROM deliveries WHERE app_id = $1 AND finished_at IS NULL`;
    const isOver = async (): Promise<boolean> =>
      (await platform.rows(done, appId)).length === total && (await platform.rows(left, appId)).length === 0;
    await eventually(isOver, { limitMs: 30_000, what: 'all ended' });
    const counts = await platform.rows(
      `SELECT d.mode, d.status, a.outcome, count(DISTINCT d.capability)::int AS count
       FROM deliveries d LEFT JOIN attempts a ON a.delivery_id = d.id WHERE d.app_id = $1 GROUP BY 1, 2, 3 ORDER BY 1`,
      appId,
    );
    expect(counts).toEqual([
      { mode: 'async', status: 'dead_letter', outcome: 'blocked', count: total / 2 },
      { mode: 'sync', status: 'failed', outcome: 'blocked', count: total / 2 },
    ]);
    expectNobodyCame();
  });

  it('are not called when a person sends a delivery or a dead letter again', async () => {
    platform.receiver.on('/refuses', { status: 400 });
    const appId = await newApp({ url: '/refuses', async: true });
    const [one, other] = [await accepted(appId), await accepted(appId)];
    for (const id of [one, other]) expect(await ended(id)).toBe('dead_letter');
    await force(appId, atCanary('127.0.0.1'));
    const letters = (await admin.get(`/api/v1/admin/dlq?appId=${appId}`)).json.items as {
      id: string;
      deliveryId: string;
    }[];
    const letter = letters.find(({ deliveryId }) => deliveryId === other)!;
    expect((await admin.post(`/api/v1/deliveries/${one}/redeliver`)).status).toBe(202);
    expect((await admin.post(`/api/v1/admin/dlq/${letter.id}/retry`)).status).toBe(202);
    const areOver = async (): Promise<boolean> =>
      (await outcomesOf(one)).length === 2 && (await outcomesOf(other)).length === 2;
    await eventually(areOver, { what: 'second attempts' });
    for (const id of [one, other]) {
      expect(await outcomesOf(id)).toEqual(['http_error', 'blocked']);
      expect(await ended(id)).toBe('dead_letter');
    }
    expect((await admin.post('/api/v1/admin/dlq/retry', { filter: { appId } })).json).toMatchObject({
      count: 2,
    });
    await eventually(
      async () => (await outcomesOf(one)).length === 3 && (await outcomesOf(other)).length === 3,
    );
    expect((await outcomesOf(one)).at(-1)).toBe('blocked');
    expectNobodyCame();
  });
});

describe('a name', () => {
  const held: [string, Records][] = [
    ['loopback', { addresses: ['127.0.0.1'] }],
    ['a public and a private address', { addresses: ['8.8.8.8', '127.0.0.1'] }],
    ['IPv6 loopback', { addresses: ['::1'] }],
    ['a public address and IPv6 loopback', { addresses: ['8.8.8.8', '::1'] }],
    ['a mapped address', { addresses: ['::ffff:127.0.0.1'] }],
    ['a translated address', { addresses: ['64:ff9b::7f00:1'] }],
    ['metadata', { addresses: ['169.254.169.254'] }],
    ['a private network', { addresses: ['10.0.0.1'] }],
    ['0.0.0.0', { addresses: ['0.0.0.0'] }],
    ['an alias of a private name', { alias: 'inside.example.com', addresses: ['127.0.0.1'] }],
    [
      'an alias with a private IPv6 address',
      { alias: 'inside.example.com', addresses: ['fd00::1', '8.8.8.8'] },
    ],
  ];

  it.each(held)(
    'that resolves to %s is refused at registration, and not called where it is registered',
    async (_, records) => {
      const name = `n${randomUUID()}.example.com`;
      zone.set(name, records);
      const url = atCanary(name);
      expectProblem(await put(loose, 'never-stored', manifest(url)), 'SSRF_BLOCKED', '/webhooks/quiz/url');
      const [now, later] = [await newApp({ url: '/' }), await newApp({ url: '/', async: true })];
      await force(now, url);
      await force(later, url);
      await eventually(
        async () => (await admin.invoke(now, 'quiz')).json.detail?.includes('blocked') as boolean,
      );
      const id = await accepted(later);
      expect(await ended(id)).toBe('dead_letter');
      expect(await outcomesOf(id)).toEqual(['blocked']);
      expectNobodyCame();
    },
  );

  it('that becomes private between the check and the call is not called', async () => {
    const name = 'rebinds.example.com';
    zone.set(name, (asked) => (asked === 1 ? PUBLIC : { addresses: ['127.0.0.1'] }));
    const appId = await newApp({ url: atCanary(name), async: true });
    expect(dns.asked(name)).toBe(1);
    const id = await accepted(appId);
    expect(await ended(id)).toBe('dead_letter');
    expect(await outcomesOf(id)).toEqual(['blocked']);
    expect(dns.asked(name)).toBe(2);
    expectNobodyCame();
  });

  it('that changes to another host of ours between two attempts is not called there', async () => {
    const name = 'moves.example.com';
    const { port } = new URL(platform.receiver.url);
    zone.set(name, { addresses: ['127.0.0.1'] });
    platform.receiver.on('/moves', () => {
      // 127.0.0.2 is as private as 127.0.0.1, but only the latter was allowed.
      zone.set(name, { addresses: ['127.0.0.2'] });
      return { status: 503, headers: { connection: 'close' } };
    });
    const retry = { initialDelayMs: 50, jitter: 0 };
    const appId = await newApp({ url: `http://${name}:${port}/moves`, async: true, retry });
    const id = await accepted(appId);
    expect(await ended(id)).toBe('dead_letter');
    expect(await outcomesOf(id)).toEqual(['http_error', 'blocked']);
    expect(platform.receiver.callsTo('/moves')).toHaveLength(1);
  });
});

describe('a redirect into the network', () => {
  it.each([301, 302, 303, 307, 308, 300, 304, 305])('is not followed: %i', async (status) => {
    const path = `/redirects-${status}`;
    platform.receiver.on(path, {
      status,
      headers: { location: atCanary('127.0.0.1'), refresh: `0;url=${atCanary('[::1]')}` },
    });
    const [now, later] = [await newApp({ url: path }), await newApp({ url: path, async: true })];
    expectNoAnswer(await admin.invoke(now, 'quiz'));
    const id = await accepted(later);
    expect(await ended(id)).toBe('dead_letter');
    expect(await outcomesOf(id)).toEqual(['http_error']);
    expectNobodyCame();
  });
  const expectNoAnswer = ({ status, json }: { status: number; json: { code?: string } }): void =>
    expect([status, json.code]).toEqual([502, 'APP_UNAVAILABLE']);
});

describe('proxies in the environment', () => {
  it('are not used: calls go directly to their receivers', async () => {
    platform.receiver.on('/straight');
    const [now, later] = [
      await newApp({ url: '/straight' }),
      await newApp({ url: '/straight', async: true }),
    ];
    expect((await admin.invoke(now, 'quiz')).json).toMatchObject({ source: 'primary' });
    expect(await ended(await accepted(later))).toBe('completed');
    expect(platform.receiver.callsTo('/straight')).toHaveLength(2);
    expectNobodyCame();
  });
});
