import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PORTAL_CAPABILITIES, type PortalCapability } from '@breakwater/access';
import type { Answer, HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';
import { isPublic, PORTAL } from './access-table.js';
import { filled, routes, type Route } from './openapi.js';
import { said, type Values } from './said.js';

const [, ...GRANTED] = PORTAL_CAPABILITIES;
/** Every set of capabilities; each link has `view`. */
const SETS: readonly (readonly PortalCapability[])[] = Array.from(
  { length: 2 ** GRANTED.length },
  (_, bits) => ['view' as const, ...GRANTED.filter((_one, n) => (bits >> n) % 2 === 1)],
);
/** None, each alone, and all of them. */
const FEW = SETS.filter(({ length }) => length <= 2 || length === PORTAL_CAPABILITIES.length);

/** Members that say when it was asked, or what depends on it. */
const TIMED = new Set(
  'timestamp series outcomes from to at checkedAt lagSeconds verdict oldestWaitMs'.split(' '),
);

/** What the other app is recognised by: in its id, its names, its payloads. */
const CANARY = 'canary7f3a';
const MINE = 'mine';
const THEIRS = `${CANARY}-app`;

let platform: Platform;
let api: Role;
let admin: HttpClient;
const links = new Map<string, HttpClient>();
/** Things of each app, by the part of the path before their id. */
const things: Record<string, Values> = {};
/** Ids of the other app's things. */
let foreignIds: string[];

beforeAll(async () => {
  platform = await Platform.start({
    env: { API_AUTH_FAILURES_PER_MINUTE: '0', API_RATE_LIMIT_PER_MINUTE: '0' },
  });
  api = await platform.api();
  admin = platform.client(api);
  await admin.put('/api/v1/event-types/a.b', { description: 'A test' });
  things[MINE] = await make(MINE, 'report', 'ledger');
  things[THEIRS] = await make(THEIRS, `${CANARY}_report`, `${CANARY}-ledger`);
  foreignIds = Object.values(things[THEIRS]).filter((value) => value.length === 36);
  for (const set of SETS) links.set(set.join(), await link(MINE, set));
});

afterAll(async () => platform?.stop());

/** An app with one thing of each kind. */
async function make(appId: string, capability: string, name: string): Promise<Values> {
  await platform.register(api, { [capability]: { async: true } }, appId);
  const deliveries = (await admin.invoke(appId, capability, { secret: `${appId} payload` })).json
    .deliveryId as string;
  const event = { appId, type: 'a.b', payload: `${appId} event` };
  const events = (await admin.post('/api/v1/events', event)).json.eventId as string;
  await admin.post(`/api/v1/apps/${appId}/subscriptions`, subscription(capability, name));
  const key = await platform.key(api, { scopes: ['app'], appId, name: `app of ${appId}` });
  const plan = { kind: 'cancel', filter: { capability: 'nothing' } };
  const operation = await platform.client(api, key).post('/api/v1/bulk-operations', plan);
  const { dlq, failed } = await deadLetter(appId, capability);
  await platform.rows(`INSERT INTO circuit_breaker_state (app_id, capability, state, failure_count, last_reason)
    VALUES ('${appId}', '${capability}', 'closed', 1, '${appId} reason')`);
  return {
    appId,
    capability,
    name,
    source: 'nothing',
    target: 'nothing',
    type: 'a.b',
    version: '1',
    deliveries,
    webhooks: failed,
    'retry-failed': failed,
    events,
    dlq,
    'bulk-operations': operation.json.id as string,
    'conformance-runs': await conformanceRun(appId),
  };
}

/** A delivery that ended in a dead letter. */
async function deadLetter(appId: string, capability: string): Promise<{ dlq: string; failed: string }> {
  const dlq = randomUUID();
  const failed = (await admin.invoke(appId, capability, { secret: `${appId} letter` })).json
    .deliveryId as string;
  await platform.rows(`UPDATE deliveries SET status = 'dead_letter', finished_at = now(), next_attempt_at = NULL,
    enqueued_at = NULL WHERE id = '${failed}'`);
  await platform.rows(`INSERT INTO webhook_dead_letter_queue
      (id, app_id, capability, payload, attempts, delivery_id, endpoint_id, category, reason, error)
    SELECT '${dlq}', app_id, capability, '"${appId} letter"', 1, id, endpoint_id, 'RETRYABLE', 'exhausted',
      '${appId} failed' FROM deliveries WHERE id = '${failed}'`);
  return { dlq, failed };
}

/** A run that has ended. */
async function conformanceRun(appId: string): Promise<string> {
  const id = randomUUID();
  await platform.rows(`INSERT INTO conformance_runs (id, app_id, target_kind, target, state, created_by, ended_at)
    VALUES ('${id}', '${appId}', 'capability', '${appId} target', 'passed', '${appId} key', now())`);
  return id;
}

function subscription(capability: string, name: string): object {
  return { name, url: `/${capability}`, events: ['a.b'], ownSecret: true };
}

async function link(appId: string, capabilities: readonly PortalCapability[]): Promise<HttpClient> {
  const { json, status, text } = await admin.post(`/api/v1/admin/apps/${appId}/portal-links`, {
    capabilities,
  });
  expect(status, text).toBe(201);
  return platform.client(api, json.token as string);
}

/** The path's parameters, each naming a thing of an app. */
function valuesOf({ path }: Route, of: Values): Values {
  const idOf = /\/([\w-]+)\/\{id\}/.exec(path)?.[1];
  return { ...of, id: (idOf && of[idOf]) || randomUUID() };
}
function missing(appId: string): Values {
  const nothing = { capability: 'nothing', name: 'nothing', source: 'nothing', target: 'nothing' };
  return { appId, ...nothing, type: 'a.nothing', version: '999', id: randomUUID() };
}

/** A body that is valid for the route. */
function bodyOf({ route, body }: Route, set: readonly PortalCapability[]): unknown {
  if (route === 'POST /api/v1/bulk-operations')
    return { kind: set.includes('redeliver') ? 'cancel' : 'resolve', filter: { capability: 'nothing' } };
  if (route === 'POST /api/v1/deliveries/cancel') return { filter: { capability: 'nothing' } };
  if (route.endsWith('/subscriptions') && body) return subscription('report', 'another');
  if (route.endsWith('/conformance-runs')) return { capability: 'report' };
  if (route.endsWith('/signing-secret/rotate')) return { overlapMs: 0 };
  if (route.endsWith('/filter/test')) return { filter: null };
  return body ? {} : undefined;
}

function isOpen({ route }: Route, set: readonly PortalCapability[]): boolean {
  return (PORTAL[route] ?? []).some((one) => set.includes(one));
}

/** Whether the link may do it with the own thing: the bulk operation there is a cancellation. */
function may(route: Route, set: readonly PortalCapability[]): boolean {
  const ofKind = /bulk-operations\/\{id\}\/(run|cancel)$/.test(route.route);
  return ofKind ? set.includes('redeliver') : isOpen(route, set);
}

async function send(route: Route, set: readonly PortalCapability[], values: Values): Promise<Answer> {
  const client = links.get(set.join())!;
  const path = route.path === '/api/v1/search' ? `/api/v1/search?q=${CANARY}` : route.path;
  const answer = await client.request(route.method, filled(path, values), { body: bodyOf(route, set) });
  // What was asked for may be repeated in the answer.
  const asked = Object.values(values).reduce((text, value) => text.replaceAll(value, '·'), answer.text);
  for (const trace of [CANARY, ...foreignIds]) expect(asked, route.route).not.toContain(trace);
  return answer;
}

/** Puts back what the route takes away. */
async function prepare({ route }: Route): Promise<void> {
  const list = `/api/v1/apps/${MINE}/subscriptions`;
  if (route.includes('/subscriptions/{name}')) await admin.post(list, subscription('report', 'ledger'));
  if (route === `POST /api/v1/apps/{appId}/subscriptions`) await admin.request('DELETE', `${list}/another`);
}

const closed = routes.filter(({ route }) => !(route in PORTAL) && !isPublic(route));
const open = routes.filter(({ route }) => route in PORTAL);
const named = (list: Route[]): [string, Route][] => list.map((route) => [route.route, route]);

describe('the table of portal links', () => {
  it('names no route that is gone', () => {
    expect(Object.keys(PORTAL).filter((name) => !open.some(({ route }) => route === name))).toEqual([]);
  });
});

describe('a route that is closed to portal links', () => {
  it.each(named(closed))('%s', async (_, route) => {
    for (const set of FEW) {
      const own = valuesOf(route, things[MINE]!);
      const answer = await send(route, set, own);
      expectProblem(answer, 'FORBIDDEN');
      for (const values of [valuesOf(route, things[THEIRS]!), missing('nobody')])
        expect(said(await send(route, set, values), values)).toEqual(said(answer, own));
    }
  });
});

describe.each(named(open))('%s', (_, route) => {
  it('is open to exactly the links with its capability', async () => {
    for (const set of SETS) {
      if (may(route, set)) await prepare(route);
      const answer = await send(route, set, valuesOf(route, things[MINE]!));
      if (!may(route, set)) expectProblem(answer, 'FORBIDDEN');
      else if (route.method === 'GET') expect(answer.status, answer.text).toBe(200);
      // What is already done is done once: 409.
      else expect(answer.status === 409 ? 200 : answer.status, answer.text).toBeOneOf([200, 201, 202, 204]);
    }
  });

  it('answers for a thing of another app as for one that does not exist', async () => {
    if (!/\{(appId|id|capability|name)\}/.test(route.path)) return;
    for (const set of FEW) {
      const pairs: [Values, Values][] = [
        [valuesOf(route, things[THEIRS]!), missing('nobody')],
        // Their things under the own app.
        [{ ...valuesOf(route, things[THEIRS]!), appId: MINE }, missing(MINE)],
      ];
      for (const [theirs, nothing] of pairs) {
        const isOwnVersion = route.path.includes('{version}') && theirs['appId'] === MINE;
        const isWholeApp = !/\{(id|capability|name)\}/.test(route.path) && theirs['appId'] === MINE;
        if (isOwnVersion || isWholeApp) continue;
        const answer = await send(route, set, theirs);
        expect(answer.status, answer.text).toBe(isOpen(route, set) ? 404 : 403);
        expect(said(await send(route, set, nothing), nothing)).toEqual(said(answer, theirs));
      }
    }
  });

  it('answers for another app in its query as for one that does not exist', async () => {
    if (!route.parameters.some(({ name, in: place }) => name === 'appId' && place === 'query')) return;
    for (const set of FEW) {
      const ask = async (appId: string): Promise<unknown> => {
        const values = { ...valuesOf(route, things[MINE]!), appId };
        return said(await send({ ...route, path: `${route.path}?appId={appId}` }, set, values), values);
      };
      const answer = await ask(THEIRS);
      expect(answer).toMatchObject({ status: isOpen(route, set) ? 404 : 403 });
      expect(await ask('nobody')).toEqual(answer);
    }
  });
});

describe('a portal link', () => {
  const all = (): HttpClient => links.get(SETS.at(-1)!.join())!;

  it.each(['deliveries/cancel', 'bulk-operations'])(
    'answers for another app in the filter of %s as for one that does not exist',
    async (path) => {
      const ask = async (appId: string): Promise<unknown> => {
        const filter = { appId, capability: 'nothing' };
        const kind = path === 'bulk-operations' ? { kind: 'cancel' } : {};
        const answer = await all().post(`/api/v1/${path}`, { ...kind, filter });
        return said(answer, { appId });
      };
      const answer = await ask(THEIRS);
      expect(answer).toMatchObject({ status: 404 });
      expect(await ask('nobody')).toEqual(answer);
    },
  );

  it.each([
    ['redeliver', 'redeliver', 201],
    ['redeliver', 'cancel', 201],
    ['redeliver', 'resolve', 403],
    ['redeliver', 'replay', 403],
    ['resolve', 'resolve', 201],
    ['resolve', 'cancel', 403],
    ['resolve', 'redeliver', 403],
  ] as const)('with %s that plans the bulk operation %s gets %s', async (capability, kind, expected) => {
    const filter = kind === 'replay' ? { types: ['a.b'] } : { capability: 'nothing' };
    const answer = await links.get(`view,${capability}`)!.post('/api/v1/bulk-operations', { kind, filter });
    expect(answer.status, answer.text).toBe(expected);
  });

  it('finds nothing of another app by its names or ids', async () => {
    const names = [CANARY, THEIRS, ...Object.values(things[THEIRS]!)].filter((name) => name.length > 8);
    for (const name of [...names, ...foreignIds.map((id) => id.slice(0, 8))]) {
      const { status, text } = await all().get(`/api/v1/search?q=${name}`);
      expect(status, text).toBe(200);
      for (const trace of [CANARY, ...foreignIds]) expect(text).not.toContain(trace);
    }
  });

  it('sees numbers that do not change with those of another app', async () => {
    const read = async (): Promise<{ status: number }[]> => {
      const paths = [
        '/api/v1/admin/dlq/stats',
        '/api/v1/admin/dlq/groups',
        '/api/v1/admin/overview',
        '/api/v1/admin/app-summaries',
        '/api/v1/webhook-metrics/queue-health',
        '/api/v1/webhook-metrics/delivery-stats',
        `/api/v1/admin/webhook-metrics/${MINE}`,
      ];
      const answers = await Promise.all(paths.map((path) => all().get(path)));
      return answers.map(({ status, json }) => {
        return {
          status,
          said: JSON.stringify(json, (name, value: unknown) => (TIMED.has(name) ? '·' : value)),
        };
      });
    };
    const before = await read();
    expect(before.map(({ status }) => status)).toEqual(before.map(() => 200));
    for (let n = 0; n < 3; n++) await make(`${CANARY}-${n}`, `${CANARY}_${n}`, `${CANARY}-${n}`);
    expect(await read()).toEqual(before);
  });
});
