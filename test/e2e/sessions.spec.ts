import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { io, type Socket } from 'socket.io-client';
import { eventually } from '@breakwater/testing/eventually.js';
import { HttpClient, type Answer } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';

const SESSION = '/api/v1/session';

let platform: Platform;
let apis: Role[];
let browser: HttpClient;

beforeAll(async () => {
  platform = await Platform.start();
  apis = [await platform.api(), await platform.api()];
  browser = new HttpClient(apis[0]!.url);
  await platform.register(apis[0]!, { report: { async: true } }, 'quiz');
});

afterAll(async () => platform?.stop());

const origin = (): string => new URL(apis[0]!.url).origin;

interface SignedIn {
  answer: Answer;
  header: string;
  cookie: string;
}
async function signIn(key: string, headers: Record<string, string> = {}): Promise<SignedIn> {
  const answer = await browser.post(SESSION, { key }, { headers });
  const header = String(answer.headers['set-cookie']);
  return { answer, header, cookie: header.split(';')[0]! };
}
async function newKey(request: object = {}): Promise<{ key: string; id: string }> {
  const made = await platform
    .client(apis[0]!)
    .post('/api/v1/admin/api-keys', { name: 'person', scopes: ['admin'], ...request });
  return made.json as { key: string; id: string };
}
const put = (cookie: string, headers: Record<string, string>): Promise<Answer> =>
  browser.request('PATCH', '/api/v1/admin/apps/quiz', {
    headers: { cookie, ...headers },
    body: { portalOrigins: [] },
  });

describe('a sign-in', () => {
  it('gives a cookie that scripts cannot read and other sites do not send, and not the key', async () => {
    const { key, id } = await newKey();
    const { answer, header } = await signIn(key);
    expect(answer).toMatchObject({ status: 201, json: { kind: 'session', name: 'person', keyId: id } });
    expect(header).toMatch(
      /^breakwater_session=Fe26\.2\S+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(header + answer.text).not.toContain(key);
  });

  it('is for TLS only where the page came over TLS', async () => {
    const { key } = await newKey();
    const { header } = await signIn(key, {
      origin: 'https://proxy.example',
      'sec-fetch-site': 'same-origin',
    });
    expect(header).toMatch(/; Secure$/);
  });

  it('with a wrong key names the field', async () => {
    const { answer } = await signIn('bw_wrong');
    expectProblem(answer, 'SIGN_IN_REFUSED', '/key');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('from the page of another site is refused', async () => {
    const { key } = await newKey();
    expectProblem((await signIn(key, { origin: 'https://evil.example' })).answer, 'ORIGIN_REFUSED');
  });

  it('ends with its key', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const { answer, header } = await signIn((await newKey({ expiresAt })).key);
    expect(answer.json.expiresAt).toBe(expiresAt);
    const maxAge = Number(/Max-Age=(\d+)/.exec(header)?.[1]);
    expect(maxAge).toBeGreaterThan(0);
    expect(maxAge).toBeLessThanOrEqual(60);
  });
});

describe('a session', () => {
  it('is accepted by every api process, as its key is', async () => {
    const { cookie } = await signIn((await newKey()).key);
    for (const { url } of apis) {
      const client = new HttpClient(url);
      expect((await client.get('/api/v1/admin/apps', { headers: { cookie } })).status).toBe(200);
      const { json } = await client.get(SESSION, { headers: { cookie } });
      expect(json).toMatchObject({ kind: 'session', scopes: ['admin'], appId: null, capabilities: null });
    }
  });

  it('has the limits of its key', async () => {
    const { cookie } = await signIn((await newKey({ scopes: ['app'], appId: 'quiz' })).key);
    expectProblem(await browser.get('/api/v1/admin/apps', { headers: { cookie } }), 'FORBIDDEN');
    expectProblem(await browser.get('/api/v1/admin/apps/other', { headers: { cookie } }), 'APP_NOT_FOUND');
  });

  it('changes things only from a page of this installation', async () => {
    const { cookie } = await signIn((await newKey()).key);
    const refused: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', origin: origin() },
      { 'sec-fetch-site': 'same-site', origin: origin() },
    ];
    for (const headers of refused) expectProblem(await put(cookie, headers), 'ORIGIN_REFUSED');
    const accepted: Record<string, string>[] = [{ origin: origin() }, { 'sec-fetch-site': 'same-origin' }];
    for (const headers of accepted) expect((await put(cookie, headers)).status).toBe(200);
  });

  it('does not count beside the header of a key', async () => {
    const { cookie } = await signIn((await newKey()).key);
    const wrong: Record<string, string>[] = [
      { authorization: 'Bearer bw_wrong' },
      { 'x-api-key': 'bw_wrong' },
    ];
    for (const headers of wrong)
      expectProblem(await browser.get(SESSION, { headers: { cookie, ...headers } }), 'UNAUTHENTICATED');
  });

  it.each(['x', 'Fe26.2*1*a*b*c*d*e*f~2', ''])('with the cookie %j is none', async (value) => {
    const headers = { cookie: `breakwater_session=${value}` };
    expectProblem(await browser.get(SESSION, { headers }), 'UNAUTHENTICATED');
  });

  it('ends when its key is revoked, in every process', async () => {
    const { key, id } = await newKey();
    const { cookie } = await signIn(key);
    const status = async (): Promise<number> => (await browser.get(SESSION, { headers: { cookie } })).status;
    expect(await status()).toBe(200);
    await platform.client(apis[1]!).request('DELETE', `/api/v1/admin/api-keys/${id}`);
    await eventually(async () => (await status()) === 401);
  });

  it('is removed by signing out', async () => {
    const { status, headers } = await browser.request('DELETE', SESSION);
    expect(status).toBe(204);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^breakwater_session=; Max-Age=0; Path=\/;/),
    ]);
  });

  it('survives a new encryption key', async () => {
    const { cookie } = await signIn((await newKey()).key);
    const newer = `newer:${Buffer.alloc(32, 9).toString('base64')}`;
    const rotated = await platform.api({ ENCRYPTION_KEYS: `${newer},${platform.env['ENCRYPTION_KEYS']!}` });
    const { status } = await new HttpClient(rotated.url).get(SESSION, { headers: { cookie } });
    expect(status).toBe(200);
  });
});

describe('the live feed', () => {
  function listen(options: object): Promise<string> {
    const socket: Socket = io(apis[0]!.url, {
      path: '/ws',
      transports: ['websocket'],
      forceNew: true,
      ...options,
    });
    return new Promise<string>((resolve, reject) => {
      socket.once('ready', () => resolve('ready'));
      socket.once('refused', ({ code }: { code: string }) => resolve(code));
      socket.once('connect_error', reject);
    }).finally(() => socket.disconnect());
  }

  it('opens with the cookie from a page of this installation only', async () => {
    const { cookie } = await signIn((await newKey()).key);
    expect(await listen({ extraHeaders: { cookie, origin: origin() } })).toBe('ready');
    expect(await listen({ extraHeaders: { cookie, origin: 'https://evil.example' } })).toBe('ORIGIN_REFUSED');
    expect(await listen({ extraHeaders: { cookie } })).toBe('ORIGIN_REFUSED');
  });

  it('shows a portal link its own app only', async () => {
    await platform.register(apis[0]!, { report: {} }, 'other');
    const made = await platform.client(apis[0]!).post('/api/v1/admin/apps/quiz/portal-links', {});
    const socket = io(apis[0]!.url, {
      path: '/ws',
      transports: ['websocket'],
      forceNew: true,
      auth: { apiKey: made.json.token as string },
    });
    await new Promise((resolve) => socket.once('ready', resolve));
    const codes = await Promise.all(
      [{ appId: 'quiz' }, { appId: 'other' }, { appId: 'nobody' }, 'global'].map(async (scope) => {
        const answer = (await socket.timeout(5_000).emitWithAck('feed.subscribe', { scope })) as {
          code?: string;
        };
        return answer.code ?? 'ok';
      }),
    );
    socket.disconnect();
    expect(codes).toEqual(['ok', 'APP_NOT_FOUND', 'APP_NOT_FOUND', 'FORBIDDEN']);
  });

  it('opens with the token of a portal link as long as it is valid', async () => {
    const made = await platform.client(apis[0]!).post('/api/v1/admin/apps/quiz/portal-links', {});
    expect(await listen({ auth: { apiKey: made.json.token as string } })).toBe('ready');
    const { id } = made.json as { id: string };
    await platform.client(apis[1]!).request('DELETE', `/api/v1/admin/apps/quiz/portal-links/${id}`);
    const again = (): Promise<string> => listen({ auth: { apiKey: made.json.token as string } });
    await eventually(async () => (await again()) === 'UNAUTHENTICATED');
  });
});

describe('wrong keys', () => {
  it('are limited for all addresses together, and the right key is still accepted', async () => {
    const limited = await platform.api({ API_SIGN_IN_FAILURES_PER_MINUTE: '1' });
    const client = new HttpClient(limited.url);
    const wrong = (): Promise<Answer> => client.post(SESSION, { key: 'bw_wrong' });
    await eventually(async () => (await wrong()).status === 429);
    const refused = await wrong();
    expectProblem(refused, 'RATE_LIMITED');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await client.post(SESSION, { key: (await newKey()).key })).status).toBe(201);
  });
});
