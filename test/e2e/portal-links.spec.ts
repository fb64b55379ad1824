import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';

const LINKS = '/api/v1/admin/apps/quiz/portal-links';

let platform: Platform;
let apis: Role[];
let admin: HttpClient;

beforeAll(async () => {
  platform = await Platform.start();
  apis = [await platform.api(), await platform.api()];
  admin = platform.client(apis[0]!);
  for (const appId of ['quiz', 'gone']) await platform.register(apis[0]!, { report: {} }, appId);
});

afterAll(async () => platform?.stop());

interface Link {
  id: string;
  token: string;
  url: string;
  expiresAt: string;
}
async function create(request: object = {}, path = LINKS): Promise<Link> {
  const { status, json, text } = await admin.post(path, request);
  expect(status, text).toBe(201);
  return json as Link;
}
const statusOf = async (token: string, api = apis[0]!): Promise<number> =>
  (await platform.client(api, token).get('/api/v1/session')).status;

describe('a portal link', () => {
  it('is shown once, with the token behind the # of its address, and stored as a hash', async () => {
    const { id, token, url, ...view } = await create({ capabilities: ['test', 'redeliver'], note: 'Ann' });
    expect(url).toBe(`${apis[0]!.url}/portal/quiz#token=${token}`);
    expect(view).toMatchObject({
      appId: 'quiz',
      capabilities: ['view', 'redeliver', 'test'],
      note: 'Ann',
      state: 'active',
      createdBy: 'configured admin key',
      revokedAt: null,
      lastUsedAt: null,
    });
    const list = await admin.get(LINKS);
    const stored = await platform.rows('SELECT * FROM portal_links WHERE id = $1', id);
    expect(list.text + JSON.stringify(stored)).not.toContain(token.slice(4));
  });

  it('is for a day if nothing else is said, and for 1 h to 7 days', async () => {
    const day = 86_400_000;
    const { expiresAt } = await create();
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - day)).toBeLessThan(60_000);
    for (const expiresIn of [3600, 604_800]) await create({ expiresIn });
    for (const expiresIn of [0, 3599, 604_801, 1e9, 3600.5, '3600', null])
      expectProblem(await admin.post(LINKS, { expiresIn }), 'INPUT_INVALID', '/expiresIn');
  });

  it.each([
    [{ capabilities: ['invoke'] }, '/capabilities'],
    [{ capabilities: ['view', 'view'] }, '/capabilities'],
    [{ capabilities: 'view' }, '/capabilities'],
    [{ note: '' }, '/note'],
    [{ note: 'a\u202eb' }, '/note'],
    [{ note: 'x'.repeat(101) }, '/note'],
    [{ scopes: ['admin'] }, '/scopes'],
  ])('is not created from %j', async (request, pointer) => {
    const { status, json } = await admin.post(LINKS, request);
    expect(status).toBe(400);
    const pointers = (json.problems as { pointer: string }[]).map((problem) => problem.pointer);
    expect(pointers.some((one) => one.startsWith(pointer))).toBe(true);
  });

  it('is for an app that exists', async () => {
    const path = '/api/v1/admin/apps/nobody/portal-links';
    expectProblem(await admin.post(path, {}), 'APP_NOT_FOUND');
    expectProblem(await admin.get(path), 'APP_NOT_FOUND');
  });

  it('says who its holder is and what it may do', async () => {
    const { id, token, expiresAt } = await create({ capabilities: ['resolve'], note: 'Bob' });
    const { json } = await platform.client(apis[0]!, token).get('/api/v1/session');
    expect(json).toEqual({
      kind: 'portal',
      name: `portal link ${id} (Bob)`,
      keyId: id,
      scopes: ['app'],
      appId: 'quiz',
      capabilities: ['view', 'resolve'],
      expiresAt,
      publicUrl: apis[0]!.url,
    });
  });

  it('can neither be signed in with nor be used to make another', async () => {
    const { token } = await create({ capabilities: ['redeliver', 'rotateSecrets'] });
    const holder = platform.client(apis[0]!, token);
    expectProblem(await holder.post('/api/v1/session', { key: token }), 'SIGN_IN_REFUSED', '/key');
    expectProblem(await holder.post(LINKS, {}), 'FORBIDDEN');
    expectProblem(await holder.invoke('quiz', 'report'), 'FORBIDDEN');
  });

  it('is listed with its last use', async () => {
    const { id, token } = await create();
    expect(await statusOf(token)).toBe(200);
    const item = async (): Promise<{ lastUsedAt: string | null } | undefined> => {
      const { items } = (await admin.get(`${LINKS}?limit=1`)).json as {
        items: (Link & { lastUsedAt: string })[];
      };
      return items.find((one) => one.id === id);
    };
    await eventually(async () => (await item())?.lastUsedAt, { what: 'its last use' });
  });

  it('is listed page by page', async () => {
    const [older, newer] = [await create(), await create()];
    const first = (await admin.get(`${LINKS}?limit=1`)).json;
    const second = (await admin.get(`${LINKS}?limit=1&cursor=${first.nextCursor}`)).json;
    expect([first.items[0].id, second.items[0].id]).toEqual([newer.id, older.id]);
  });

  it('ends everywhere when it is revoked, and stays in the list', async () => {
    const { id, token } = await create();
    expect([await statusOf(token, apis[0]), await statusOf(token, apis[1])]).toEqual([200, 200]);
    expect((await admin.request('DELETE', `${LINKS}/${id}`)).status).toBe(204);
    for (const api of apis) await eventually(async () => (await statusOf(token, api)) === 401);
    const [item] = (await admin.get(`${LINKS}?limit=1`)).json.items as { state: string; revokedAt: string }[];
    expect(item).toMatchObject({ state: 'revoked', revokedAt: expect.any(String) });
  });

  it('of another app is not found there', async () => {
    const { id, token } = await create();
    const foreign = `/api/v1/admin/apps/gone/portal-links/${id}`;
    expectProblem(await admin.request('DELETE', foreign), 'PORTAL_LINK_NOT_FOUND');
    expect(await statusOf(token)).toBe(200);
  });

  it('ends at its time', async () => {
    const { id, token } = await create();
    await platform.rows('UPDATE portal_links SET expires_at = now() WHERE id = $1', id);
    expect(await statusOf(token)).toBe(401);
    const [item] = (await admin.get(`${LINKS}?limit=1`)).json.items as { state: string }[];
    expect(item!.state).toBe('expired');
  });

  it('ends with its app', async () => {
    const { token } = await create({}, '/api/v1/admin/apps/gone/portal-links');
    expect(await statusOf(token)).toBe(200);
    await admin.request('DELETE', '/api/v1/admin/apps/gone');
    await eventually(async () => (await statusOf(token)) === 401);
  });

  it('rotates the signing secret with the capability, and is named in the audit log', async () => {
    const { id, token } = await create({ capabilities: ['rotateSecrets'] });
    const rotate = '/api/v1/admin/apps/quiz/signing-secret/rotate';
    const { status, json } = await platform.client(apis[0]!, token).post(rotate, { overlapMs: 0 });
    expect([status, json.signingSecret]).toEqual([200, expect.stringMatching(/^whsec_/)]);
    const { items } = (await admin.get('/api/v1/admin/audit-log?action=signing_secret.rotate')).json;
    expect(items[0]).toMatchObject({
      actor: `portal link ${id}`,
      actorKeyId: id,
      appId: 'quiz',
      outcome: 'done',
    });
  });
});

describe('the sites that may frame the portal of an app', () => {
  const change = (portalOrigins: unknown) =>
    admin.request('PATCH', '/api/v1/admin/apps/quiz', { body: { portalOrigins } });

  it('are set and removed with the app', async () => {
    const origins = ['https://quiz.example', 'http://localhost:5173'];
    expect((await change(origins)).json.portalOrigins).toEqual(origins);
    expect((await admin.get('/api/v1/admin/apps/quiz')).json.portalOrigins).toEqual(origins);
    expect((await change([])).json.portalOrigins).toEqual([]);
  });

  it.each([
    ['http://quiz.example'],
    ['https://quiz.example; script-src *'],
    ['*'],
    ['https://quiz.example/'],
  ])('are not %s', async (origin) => {
    expect((await change([origin])).status).toBe(400);
  });
});
