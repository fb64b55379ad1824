import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';
import { ACCESS, expectedOf, isPublic, KINDS, type Kind } from './access-table.js';
import { document, filled, routes, type Route } from './openapi.js';
import { said, type Values } from './said.js';

let platform: Platform;
let api: Role;
let clients: Record<Kind, HttpClient>;
/** A value of each path parameter that names an existing thing, by the part of the path before it. */
let present: Record<string, string>;

beforeAll(async () => {
  // This test checks who is admitted, not how often.
  const env = { API_AUTH_FAILURES_PER_MINUTE: '0', API_RATE_LIMIT_PER_MINUTE: '0' };
  platform = await Platform.start({ env });
  api = await platform.api();
  const admin = platform.client(api);
  for (const appId of ['mine', 'theirs']) await platform.register(api, { report: { async: true } }, appId);
  const client = async (scope: string, appId?: string): Promise<HttpClient> =>
    platform.client(api, await platform.key(api, { scopes: [scope], appId, name: `${scope} of ${appId}` }));
  clients = {
    'no key': platform.client(api, ''),
    app: await client('app', 'mine'),
    'other app': await client('app', 'theirs'),
    'invoke-only': await client('invoke', 'mine'),
    'read-only': await client('read', 'mine'),
    admin,
    revoked: platform.client(api, await goneKey('revoked_at')),
    expired: platform.client(api, await goneKey('expires_at')),
  };
  const delivery = (await admin.invoke('mine', 'report')).json.deliveryId as string;
  const events = (await admin.post('/api/v1/events', { appId: 'mine', type: 'a.b', payload: 1 })).json
    .eventId as string;
  const ledger = { name: 'ledger', url: '/report', events: ['a.b'], ownSecret: false };
  await admin.post('/api/v1/apps/mine/subscriptions', ledger);
  const target = { name: 'main', url: '/report' };
  await admin.post('/api/v1/apps/mine/sources', {
    name: 'github',
    verification: { preset: 'github' },
    targets: [target],
  });
  await admin.put('/api/v1/event-types/a.b', { description: 'A test' });
  const plan = { kind: 'cancel', filter: { capability: 'nothing' } };
  present = {
    'bulk-operations': (await clients.app.post('/api/v1/bulk-operations', plan)).json.id as string,
    appId: 'mine',
    name: 'ledger',
    source: 'github',
    target: 'main',
    type: 'a.b',
    events,
    capability: 'report',
    version: '1',
    deliveries: delivery,
    webhooks: delivery,
    'retry-failed': delivery,
    'alert-rules': (await admin.get('/api/v1/admin/alert-rules')).json.items[0].id as string,
    'api-keys': (await admin.get('/api/v1/admin/api-keys')).json.items.at(-1).id as string,
    'portal-links': (await admin.post('/api/v1/admin/apps/mine/portal-links', {})).json.id as string,
    'conformance-runs': await row('conformance_runs'),
    dlq: await row('webhook_dead_letter_queue'),
    approvals: await row('pending_approvals'),
    notifications: await row('notifications'),
  };
});

afterAll(async () => platform?.stop());

/** An admin's key that has expired or was revoked; it has not been used before. */
async function goneKey(column: 'revoked_at' | 'expires_at'): Promise<string> {
  const key = await platform.key(api, { scopes: ['admin'], expiresAt: '2100-01-01T00:00:00Z' });
  const { rowCount } = await platform.db.query(
    `UPDATE api_keys SET ${column} = now() - interval '1 s' WHERE left($1, length(prefix)) = prefix`,
    [key],
  );
  expect(rowCount).toBe(1);
  return key;
}

/** One row of the app `mine`, with what its kind needs. */
async function row(table: string): Promise<string> {
  const id = randomUUID();
  const by: Record<string, string> = {
    webhook_dead_letter_queue: `(id, app_id, capability, payload, attempts, delivery_id, endpoint_id, category, reason)
      VALUES ('${id}', 'mine', 'report', '{}', 1, gen_random_uuid(), gen_random_uuid(), 'RETRYABLE', 'exhausted')`,
    pending_approvals: `(id, app_id, capability, request_id, payload, reason)
      VALUES ('${id}', 'mine', 'report', 'r', '{}', 'timeout')`,
    conformance_runs: `(id, app_id, target_kind, target, state, created_by)
      VALUES ('${id}', 'mine', 'capability', 'report', 'passed', 'test')`,
    notifications: `(id, channel, kind, recipient, app_id, subject, text, dedupe_key)
      VALUES ('${id}', 'in_app', 'fallback_used', 'room:r', 'mine', 's', 't', '${id}')`,
  };
  await platform.rows(`INSERT INTO ${table} ${by[table]}`);
  return id;
}

/** The path's parameters, each naming an existing thing. */
function valuesOf({ path }: Route): Values {
  const idOf = /\/([\w-]+)\/\{id\}/.exec(path)?.[1];
  return { ...present, id: idOf ? present[idOf]! : '' };
}
const missing = (): Values => {
  return {
    appId: 'nobody',
    capability: 'nothing',
    name: 'nothing',
    source: 'nothing',
    version: '999',
    id: randomUUID(),
  };
};

/** Bodies without which a request is refused before anything is looked up. */
const WANTED: Record<string, object> = { invoke: { payload: 1 }, note: { note: 'x' } };

function send(kind: Kind, { method, path, body }: Route, values: Values): Promise<Answer> {
  const wanted = WANTED[path.split('/').at(-1)!] ?? {};
  return clients[kind].request(method, filled(path, values), { body: body ? wanted : undefined });
}

describe('the table of routes and keys', () => {
  it('names every route of the OpenAPI', () => {
    expect(routes.map(({ route }) => route).filter((route) => !(route in ACCESS))).toEqual([]);
  });

  it('names no route that is gone', () => {
    const known = new Set(routes.map(({ route }) => route));
    expect(Object.keys(ACCESS).filter((route) => !known.has(route))).toEqual([]);
  });

  it('matches the OpenAPI: a key is required except on public routes', () => {
    expect(document.security).toEqual([{ bearer: [] }, { apiKey: [] }]);
    for (const { route, security } of routes)
      expect([route, security]).toEqual([route, isPublic(route) ? [] : undefined]);
  });
});

describe.each(KINDS.filter((kind) => kind !== 'admin'))('%s', (kind) => {
  it.each(routes.map((route) => [route.route, expectedOf(route.route, kind), route] as const))(
    '%s: %s',
    async (_, expected, route) => {
      const values = valuesOf(route);
      const answer = await send(kind, route, values);
      if (expected === 'in') return expectLetIn(answer);
      expectProblem(answer, expected);
      // A caller without access does not learn whether a thing exists.
      const others = missing();
      expect(said(await send(kind, route, others), others)).toEqual(said(answer, values));
    },
  );
});

describe('what was refused', () => {
  it('has changed nothing', async () => {
    const rows = await platform.rows(
      `SELECT (SELECT count(*) FROM apps WHERE status = 'active')::int AS apps,
        (SELECT count(*) FROM manifest_versions)::int AS versions,
        (SELECT count(*) FROM signing_secrets)::int AS secrets,
        -- Its own app may resolve it.
        (SELECT count(*) FROM webhook_dead_letter_queue WHERE COALESCE(resolved_by, '') IN ('', 'app of mine'))::int
          AS letters,
        (SELECT count(*) FROM pending_approvals WHERE status = 'pending')::int AS approvals,
        (SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL)::int AS revoked`,
    );
    expect(rows).toEqual([{ apps: 2, versions: 2, secrets: 2, letters: 1, approvals: 1, revoked: 1 }]);
  });

  it('is in no list of another app', async () => {
    const list = await clients['other app'].get('/api/v1/deliveries');
    expect(list).toMatchObject({ status: 200, json: { items: [], nextCursor: null } });
    expectProblem(await clients['other app'].get('/api/v1/deliveries?appId=mine'), 'APP_NOT_FOUND');
  });
});

// Last: an admin may delete, too.
describe('admin', () => {
  it.each(routes.map((route) => [route.route, expectedOf(route.route, 'admin'), route] as const))(
    '%s: %s',
    async (_, expected, route) => {
      expect(expected).toBe('in');
      const isEnd = route.method === 'DELETE';
      expectLetIn(await send('admin', route, isEnd ? missing() : valuesOf(route)));
    },
  );
});

function expectLetIn({ status, json, text }: Answer): void {
  expect([401, 403], text).not.toContain(status);
  expect(status, text).toBeLessThan(500);
  expect(json?.code, text).not.toBe('ROUTE_NOT_FOUND');
}
