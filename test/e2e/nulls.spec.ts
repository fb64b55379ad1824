import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import { filled, routes } from '../security/openapi.js';
import { isNullable, optionalFields, smallest } from '../support/schemas.js';

/** Ids by the name of their path parameter. Bodies are checked before anything is searched, except the app itself. */
const IN_PATH = {
  appId: 'nulls',
  capability: 'none',
  id: 'none',
  name: 'hears',
  source: 'github',
  target: 'main',
  type: 'order.created',
  version: '1',
};

const fields = routes.flatMap(({ route, method, path, body }) =>
  body === undefined
    ? []
    : optionalFields(body).map(({ pointer, schema, put }) => ({
        name: `${route} ${pointer}`,
        request: [method, filled(path, IN_PATH)] as const,
        pointer,
        isAllowed: isNullable(schema),
        body: put(smallest(body), null),
      })),
);

let platform: Platform;
let admin: HttpClient;

beforeAll(async () => {
  platform = await Platform.start();
  admin = platform.client(await platform.api());
  const manifest = {
    name: 'Nulls',
    ownerEmail: 'owner@example.com',
    baseUrl: platform.receiver.url,
    webhooks: {},
  };
  await admin.put('/api/v1/admin/apps/nulls/manifest', manifest);
  const subscription = { name: 'hears', url: '/hears', events: ['order.*'] };
  await admin.post('/api/v1/apps/nulls/subscriptions', subscription);
  const source = { name: 'github', verification: { preset: 'github' } };
  await admin.post('/api/v1/apps/nulls/sources', source);
});

afterAll(async () => platform?.stop());

describe('null for an optional member', () => {
  it('is tried on every optional member of every body in the document', () => {
    expect(fields.length).toBeGreaterThan(30);
    expect(fields.map(({ pointer }) => pointer)).toContain('/filter/appId');
  });

  it.each(fields.filter(({ isAllowed }) => !isAllowed))(
    'is a problem: $name',
    async ({ request: [method, path], pointer, body }) => {
      const { status, text, json } = await admin.request(method, path, { body });
      expect(status, text).toBe(400);
      expect((json.problems as { pointer: string }[]).map((problem) => problem.pointer)).toContain(pointer);
    },
  );

  it('has a meaning in few places: a static fallback may answer null, a change or a draft may remove a member, null is a payload', () => {
    const allowed = fields.filter(({ isAllowed }) => isAllowed).map(({ name }) => name);
    const removes =
      /^PATCH \/api\/v1\/apps\/\{appId\}\/(?:subscriptions\/\{name\}|sources\/\{source\}) \/\w+$/;
    const others = [
      'POST /api/v1/apps/{appId}/subscriptions/{name}/filter/test /filter',
      'PUT /api/v1/event-types/{type} /example',
      'PATCH /api/v1/admin/alert-rules/{id} /mutedUntil',
      'POST /api/v1/deliveries/{id}/redeliver /payload',
      'POST /api/v1/admin/dlq/{id}/retry /payload',
    ];
    const isKnown = (name: string): boolean =>
      name.endsWith('/webhooks/x/fallback/value') || removes.test(name) || others.includes(name);
    expect(allowed.filter((name) => !isKnown(name))).toEqual([]);
  });
});

describe('a bulk action with "dryRun": null', () => {
  it.each(['retry', 'resolve'])('is refused and changes no dead letter: %s', async (action) => {
    platform.receiver.on('/gone', { status: 404 });
    const appId = await platform.register(platform.roles[0]!, { gone: { async: true } });
    const worker = await platform.worker();
    await admin.invoke(appId, 'gone');
    const unresolved = async (): Promise<number> =>
      (await admin.get(`/api/v1/admin/dlq?appId=${appId}`)).json.items.length as number;
    await eventually(async () => (await unresolved()) === 1, { what: 'the dead letter' });
    await worker.stop();
    const answer = await admin.post(`/api/v1/admin/dlq/${action}`, { filter: { appId }, dryRun: null });
    expectProblem(answer, 'INPUT_INVALID', { pointer: '/dryRun', value: null });
    expect(await unresolved()).toBe(1);
    expect(await platform.counts()).toMatchObject({ dead_letter: expect.any(Number) });
    expect((await platform.counts())['pending']).toBeUndefined();
  });
});
