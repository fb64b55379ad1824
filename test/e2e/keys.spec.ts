import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { newKey, Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';

let platform: Platform;
let apis: Role[];
let admin: HttpClient;

beforeAll(async () => {
  platform = await Platform.start();
  apis = await Promise.all([platform.api(), platform.api()]);
  admin = platform.client(apis[0]!);
  await platform.register(apis[0]!, { report: { async: true } }, 'mine');
  await platform.register(apis[0]!, { report: { async: true } }, 'theirs');
});

afterAll(async () => platform?.stop());

const keyed = async (scope: string, appId: string): Promise<HttpClient> =>
  platform.client(apis[0]!, await platform.key(apis[0]!, { scopes: [scope], appId }));

describe('a key', () => {
  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['an unknown one', { authorization: `Bearer ${newKey()}` }],
    ['a malformed one', { authorization: 'Bearer bw_short' }],
    ['one of another scheme', { authorization: 'Basic YTpi' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['an empty X-Api-Key', { 'x-api-key': '' }],
    ['one in bytes', { authorization: 'Bearer \u00ff\u00fe' }],
  ])('is refused with 401: %s', async (_, headers) => {
    const answer = await platform.client(apis[0]!, '').get('/api/v1/deliveries', { headers });
    expectProblem(answer, 'UNAUTHENTICATED');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('without the scope is refused with 403', async () => {
    expectProblem(await (await keyed('invoke', 'mine')).get('/api/v1/deliveries'), 'FORBIDDEN');
    expectProblem(await (await keyed('read', 'mine')).invoke('mine', 'report'), 'FORBIDDEN');
    const app = await keyed('app', 'mine');
    for (const list of ['apps', 'api-keys', 'notifications', 'approvals', 'health/apps']) {
      expectProblem(await app.get(`/api/v1/admin/${list}`), 'FORBIDDEN');
    }
  });

  it('of one app sees things of other apps as missing', async () => {
    const theirs = await keyed('app', 'theirs');
    const { deliveryId } = (await admin.invoke('mine', 'report')).json as { deliveryId: string };
    expectProblem(await theirs.get(`/api/v1/deliveries/${deliveryId}`), 'DELIVERY_NOT_FOUND');
    expectProblem(await theirs.post(`/api/v1/deliveries/${deliveryId}/cancel`), 'DELIVERY_NOT_FOUND');
    expectProblem(await theirs.post(`/api/v1/deliveries/${deliveryId}/redeliver`), 'DELIVERY_NOT_FOUND');
    expectProblem(await theirs.invoke('mine', 'report'), 'APP_NOT_FOUND');
    expectProblem(await theirs.get('/api/v1/admin/apps/mine'), 'APP_NOT_FOUND');
    expectProblem(await theirs.get('/api/v1/deliveries?appId=mine'), 'APP_NOT_FOUND');
    for (const list of ['dlq', 'circuit-breaker/status']) {
      expectProblem(await theirs.get(`/api/v1/admin/${list}?appId=mine`), 'APP_NOT_FOUND');
    }
    expect((await theirs.get('/api/v1/admin/apps/theirs')).status).toBe(200);
  });

  it('that is revoked is refused by every process within 5 s', async () => {
    const { id, key } = (await admin.post('/api/v1/admin/api-keys', { name: 'short', scopes: ['admin'] }))
      .json;
    const clients = apis.map((api) => platform.client(api, key as string));
    for (const client of clients) expect((await client.get('/api/v1/deliveries')).status).toBe(200);
    expect((await admin.request('DELETE', `/api/v1/admin/api-keys/${id}`)).status).toBe(204);
    const isShut = async (): Promise<boolean> => {
      const answers = await Promise.all(clients.map((client) => client.get('/api/v1/deliveries')));
      return answers.every(({ status }) => status === 401);
    };
    await eventually(isShut, { limitMs: 5000 });
  });
});

describe('an Idempotency-Key', () => {
  it('makes one delivery of many requests at once, over two processes', async () => {
    const sending = { headers: { 'idempotency-key': 'once' } };
    const clients = apis.map((api) => platform.client(api));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => clients[n % 2]!.invoke('mine', 'report', { n: 1 }, {}, sending)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202));
    expect(new Set(answers.map(({ json }) => json.deliveryId as string)).size).toBe(1);
    expect(answers.filter(({ json }) => json.replayed === false)).toHaveLength(1);
  });

  it('belongs to one body', async () => {
    const sending = { headers: { 'idempotency-key': 'one-body' } };
    await admin.invoke('mine', 'report', { n: 1 }, {}, sending);
    expectProblem(await admin.invoke('mine', 'report', { n: 2 }, {}, sending), 'IDEMPOTENCY_CONFLICT');
  });
});
