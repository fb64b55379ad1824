import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { Webhook } from 'standardwebhooks';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';

/** Events and subscriptions over the API, with two api processes and a worker. */
describe('over the API', () => {
  let platform: Platform;
  let admin: HttpClient;
  let elsewhere: HttpClient;
  let owner: HttpClient;
  let stranger: HttpClient;
  const subscriptions = '/api/v1/apps/shop/subscriptions';
  beforeAll(async () => {
    platform = await Platform.start();
    const [api, other] = [await platform.api(), await platform.api()];
    await platform.worker();
    for (const appId of ['shop', 'bank']) await platform.register(api, {}, appId);
    admin = platform.client(api);
    elsewhere = platform.client(other);
    owner = platform.client(api, await platform.key(api, { scopes: ['app'], appId: 'shop' }));
    stranger = platform.client(api, await platform.key(api, { scopes: ['app'], appId: 'bank' }));
  });
  afterAll(async () => platform?.stop());

  const heard = (path: string): string[] =>
    platform.receiver.callsTo(path).map(({ body }) => body.toString());

  it('a subscription hears an event that another process publishes right after its 201, signed with its own secret', async () => {
    const created = await owner.post(subscriptions, {
      name: 'ledger',
      url: '/ledger',
      events: ['order.*'],
      filter: { payload: { total: { $gte: 10 } } },
      headers: { 'x-team': 'money' },
    });
    expect(created).toMatchObject({
      status: 201,
      json: { name: 'ledger', managedBy: 'rest', hasOwnSecret: true, headerNames: ['x-team'], hold: null },
    });
    const payload = '{ "total": 12.50, "id": 12345678901234567890 }';
    const published = await elsewhere.post(
      '/api/v1/events',
      `{"appId":"shop","type":"order.created","payload":${payload},"metadata":{"by":"test"}}`,
      { headers: { 'content-type': 'application/json' } },
    );
    expect(published).toMatchObject({
      status: 202,
      json: { eventId: expect.any(String), status: 'accepted', deliveries: 1 },
    });
    expect(published.headers['location']).toBe(`/api/v1/events/${published.json.eventId}`);
    await eventually(() => heard('/ledger').length === 1);
    const [call] = platform.receiver.callsTo('/ledger');
    expect(call!.body.toString()).toBe(payload);
    expect(call!.headers['x-team']).toBe('money');
    const secret = created.json.signingSecret as string;
    new Webhook(secret).verify(payload, call!.headers as Record<string, string>);
    const story = await eventually(async () => {
      const answer = await owner.get(`/api/v1/events/${published.json.eventId}`);
      return answer.json.deliveriesByStatus.completed === 1 && answer.json;
    });
    expect(story).toMatchObject({
      status: 'published',
      payload,
      deliveries: [{ subscription: 'ledger', status: 'completed' }],
      skipped: [],
    });
    const skipped = await owner.post('/api/v1/events', { type: 'order.created', payload: { total: 1 } });
    expect((await owner.get(`/api/v1/events/${skipped.json.eventId}`)).json).toMatchObject({
      deliveries: [],
      skipped: [{ subscription: 'ledger', reason: 'filter', term: '/payload/total/$gte' }],
    });
  });

  it('has a delivery for each subscription that matches and a reason for each other; one that hangs delays none', async () => {
    const subscribe = async (name: string, more: object = {}): Promise<void> => {
      const subscription = { name, url: `/fan-${name}`, events: ['fan.*'], ownSecret: false, ...more };
      expect((await owner.post(subscriptions, subscription)).status).toBe(201);
    };
    platform.receiver.on('/fan-hangs', 'hang');
    await subscribe('hangs', { events: ['*.out'] });
    await subscribe('exact', { events: ['fan.out'] });
    await subscribe('wildcard', { filter: { payload: { n: { $lt: 10 } } } });
    await subscribe('waits', { paused: true });
    await subscribe('filtered', { filter: { payload: { n: { $gt: 10 } } } });
    await subscribe('deeper', { events: ['fan.*.*'] });
    await subscribe('stopped');
    expect((await admin.post(`${subscriptions}/stopped/disable`, { reason: 'tests' })).status).toBe(200);
    const { json } = await owner.post('/api/v1/events', { type: 'fan.out', payload: { n: 5 } });
    expect(json).toMatchObject({ deliveries: 4 });
    const story = await eventually(async () => {
      const answer = await owner.get(`/api/v1/events/${json.eventId}`);
      return (
        heard('/fan-hangs').length === 1 && answer.json.deliveriesByStatus.completed === 2 && answer.json
      );
    });
    const byName = (rows: { subscription: string }[]): object =>
      Object.fromEntries(rows.map(({ subscription, ...rest }) => [subscription, rest]));
    expect(byName(story.deliveries)).toMatchObject({
      hangs: { status: 'pending' },
      exact: { status: 'completed', attempts: 1 },
      wildcard: { status: 'completed', attempts: 1 },
      waits: { status: 'pending', attempts: 0 },
    });
    expect(
      byName(story.skipped.filter(({ subscription }: { subscription: string }) => subscription !== 'ledger')),
    ).toMatchObject({
      filtered: { reason: 'filter', term: '/payload/n/$gt' },
      deeper: { reason: 'type', term: null },
      stopped: { reason: 'disabled', term: null },
    });
    // The one that hangs was called once, and its call is not over.
    expect([heard('/fan-hangs').length, heard('/fan-exact').length, heard('/fan-wildcard').length]).toEqual([
      1, 1, 1,
    ]);
    expect(platform.receiver.callsTo('/fan-hangs')[0]!.answered).toBeUndefined();
    for (const name of ['hangs', 'exact', 'wildcard', 'waits', 'filtered', 'deeper', 'stopped'])
      expect((await admin.request('DELETE', `${subscriptions}/${name}`)).status).toBe(204);
  });

  it('is signed with its old and its new secret during the overlap of a rotation', async () => {
    const path = '/rotates';
    const { json } = await owner.post(subscriptions, { name: 'rotates', url: path, events: ['rotate.*'] });
    const rotate = `${subscriptions}/rotates/signing-secret/rotate`;
    const rotated = await owner.post(rotate, {});
    expect(rotated).toMatchObject({
      status: 200,
      json: { signingSecret: expect.stringMatching(/^whsec_/), olderSecrets: [expect.anything()] },
    });
    const hears = async (count: number): Promise<Record<string, string>> => {
      await owner.post('/api/v1/events', { type: 'rotate.now', payload: count });
      await eventually(() => heard(path).length === count);
      return platform.receiver.callsTo(path)[count - 1]!.headers as Record<string, string>;
    };
    const both = await hears(1);
    const secrets = [json.signingSecret, rotated.json.signingSecret] as string[];
    for (const secret of secrets) new Webhook(secret).verify('1', both);
    const signingSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    expect((await owner.post(rotate, { signingSecret, overlapMs: 0 })).json).toEqual({
      signingSecret,
      olderSecrets: [],
    });
    const alone = await hears(2);
    new Webhook(signingSecret).verify('2', alone);
    for (const secret of secrets)
      expect(() => new Webhook(secret).verify('2', alone)).toThrow('No matching signature');
    expectProblem(await owner.post(rotate, { signingSecret }), 'SUBSCRIPTION_INVALID');
    expectProblem(
      await owner.post(`${subscriptions}/nobody/signing-secret/rotate`, {}),
      'SUBSCRIPTION_NOT_FOUND',
    );
  });

  it('gets a secret of its own, which takes the place of the one of its app', async () => {
    const made = { name: 'shared', url: '/shared', events: ['shared.*'], ownSecret: false };
    await owner.post(subscriptions, made);
    const { json } = await owner.post(`${subscriptions}/shared/signing-secret/rotate`, {});
    expect(json.olderSecrets).toHaveLength(1);
    expect((await owner.get(`${subscriptions}/shared`)).json).toMatchObject({ hasOwnSecret: true });
    await owner.post('/api/v1/events', { type: 'shared.now', payload: {} });
    await eventually(() => heard('/shared').length === 1);
    const { headers } = platform.receiver.callsTo('/shared')[0]!;
    new Webhook(json.signingSecret as string).verify('{}', headers as Record<string, string>);
    expect(headers['webhook-signature']!.toString().split(' ')).toHaveLength(2);
  });

  it('begins paused, is changed, disabled, enabled and deleted', async () => {
    const made = { name: 'slow', url: '/slow', events: ['slow.*'], paused: true, ownSecret: false };
    expect(await admin.post(subscriptions, made)).toMatchObject({
      status: 201,
      json: { hold: 'paused', signingSecret: null, hasOwnSecret: false },
    });
    expectProblem(await admin.post(subscriptions, made), 'SUBSCRIPTION_EXISTS');
    const { json } = await owner.post('/api/v1/events', { type: 'slow.one', payload: 1 });
    expect(json).toMatchObject({ deliveries: 1 });
    expectProblem(await owner.post(`${subscriptions}/slow/resume`), 'HELD_BY_PLATFORM');
    expect((await admin.post(`${subscriptions}/slow/resume`)).json).toMatchObject({ hold: null });
    await eventually(() => heard('/slow').length === 1);
    expect(
      (
        await owner.request('PATCH', `${subscriptions}/slow`, {
          body: { events: ['other.*'], description: 'x' },
        })
      ).json,
    ).toMatchObject({ events: ['other.*'], description: 'x', url: expect.stringMatching(/\/slow$/) });
    expect((await owner.post('/api/v1/events', { type: 'slow.two', payload: 2 })).json.deliveries).toBe(0);
    expect((await admin.post(`${subscriptions}/slow/disable`, { reason: 'tests' })).json).toMatchObject({
      status: 'disabled',
      disabledReason: 'tests',
    });
    expect((await owner.post('/api/v1/events', { type: 'other.x', payload: 3 })).json.deliveries).toBe(0);
    expect((await admin.post(`${subscriptions}/slow/enable`)).json).toMatchObject({ status: 'active' });
    expect((await owner.request('DELETE', `${subscriptions}/slow`)).status).toBe(204);
    expectProblem(await owner.get(`${subscriptions}/slow`), 'SUBSCRIPTION_NOT_FOUND');
    expect(
      (await owner.get(subscriptions)).json.items.map(({ name }: { name: string }) => name),
    ).not.toContain('slow');
  });

  it('keeps a filter as it was sent, also with names that every object has', async () => {
    const filter = {
      payload: { constructor: { $exists: true }, toString: 'ours', prototype: { $exists: false } },
    };
    const made = { name: 'odd', url: '/hooks/odd', events: ['odd.*'], filter };
    expect((await owner.post(subscriptions, made)).json.filter).toEqual(filter);
    const report = await owner.post(`${subscriptions}/odd/filter/test`, { filter });
    expect(report.status).toBe(200);
    const { json } = await owner.post('/api/v1/events', { type: 'odd.one', payload: { toString: 'ours' } });
    expect(json.deliveries).toBe(0);
    const other = { type: 'odd.one', payload: { toString: 'ours', constructor: 1 } };
    expect((await owner.post('/api/v1/events', other)).json.deliveries).toBe(1);
  });

  it('the catalogue refuses events that differ from an enforced schema, and warns of others', async () => {
    const path = '/api/v1/event-types/stock.changed';
    const schema = {
      type: 'object',
      required: ['sku'],
      properties: { left: { type: 'integer' }, toString: { type: 'null' } },
    };
    const entry = { description: 'Stock changed', example: { sku: 'a', left: 1 }, schema };
    const misspelt = await admin.put(path, { ...entry, schema: { ...schema, requird: ['sku'] } });
    expectProblem(misspelt, 'EVENT_TYPE_INVALID', { pointer: '/schema/requird', rule: 'unknown_key' });
    expect((await owner.put(path, entry)).status).toBe(403);
    expect(await admin.put(path, { ...entry, mode: 'enforce' })).toMatchObject({
      status: 200,
      json: { type: 'stock.changed', ...entry, mode: 'enforce' },
    });
    const event = { type: 'stock.changed', payload: { left: 1.5 } };
    const refused = await eventually(async () => {
      const answer = await elsewhere.post('/api/v1/events', { appId: 'shop', ...event });
      return answer.status === 422 && answer;
    });
    expectProblem(refused, 'EVENT_REFUSED', { pointer: '/payload/sku', rule: 'required' });
    expect(refused.json.problems).toHaveLength(2);
    const batch = await owner.post('/api/v1/events/batch', {
      events: [{ ...event, payload: { sku: 'a' } }, event],
    });
    expect(batch.json.problems.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/events/1/payload/sku',
      '/events/1/payload/left',
    ]);
    await admin.put(path, { ...entry, mode: 'warn' });
    const taken = await owner.post('/api/v1/events', event);
    expect(taken).toMatchObject({
      status: 202,
      json: { warnings: [{ pointer: '/payload/sku' }, { rule: 'type' }] },
    });
    const { warnings } = (await owner.get(`/api/v1/events/${taken.json.eventId}`)).json;
    expect(warnings).toEqual(taken.json.warnings);
    expect((await owner.get('/api/v1/event-types')).json.items).toMatchObject([
      { type: 'stock.changed', mode: 'warn' },
    ]);
    expect((await admin.request('DELETE', path)).status).toBe(204);
    expectProblem(await owner.get(path), 'EVENT_TYPE_NOT_FOUND');
  });

  it("a subscription's filter is tested against past events, and its URL by a ping", async () => {
    const tested = { name: 'tested', url: '/tested', events: ['stock.*'], paused: true };
    const { json: created } = await owner.post(subscriptions, tested);
    for (const left of [1, 5, 9])
      await owner.post('/api/v1/events', { type: 'stock.counted', payload: { left } });
    const draft = { events: ['stock.counted'], filter: { payload: { left: { $lt: 6 } } } };
    const report = await owner.post(`${subscriptions}/tested/filter/test`, draft);
    expect(report).toMatchObject({
      status: 200,
      json: { cut: false, taken: { count: 2 }, newlyTaken: { count: 0, samples: [] } },
    });
    expect(report.json.noLongerTaken.samples[0]).toEqual({
      id: expect.any(String),
      type: 'stock.counted',
      createdAt: expect.any(String),
    });
    const wrong = await owner.post(`${subscriptions}/tested/filter/test`, {
      filter: { payload: { left: { $le: 6 } } },
    });
    expectProblem(wrong, 'SUBSCRIPTION_INVALID', { pointer: '/filter/payload/left/$le' });
    expectProblem(await stranger.post(`${subscriptions}/tested/filter/test`, draft), 'APP_NOT_FOUND');
    platform.receiver.on('/tested', { status: 418, body: 'a teapot' });
    expect(await owner.post(`${subscriptions}/tested/ping`)).toMatchObject({
      status: 200,
      json: {
        outcome: 'http_error',
        httpStatus: 418,
        error: 'http 418',
        responseBody: 'a teapot',
        truncated: false,
      },
    });
    const [call] = platform.receiver.callsTo('/tested');
    const body = new Webhook(created.signingSecret as string).verify(
      call!.body.toString(),
      call!.headers as Record<string, string>,
    );
    expect(body).toMatchObject({ type: 'breakwater.ping', test: true, subscription: 'tested' });
    const [entry] = (await admin.get('/api/v1/admin/audit-log?action=subscription.ping')).json.items;
    expect(entry).toMatchObject({ target: 'shop/tested', outcome: 'done', detail: { httpStatus: 418 } });
  });

  it('a batch is one commit: one bad event names its index, and nothing is stored', async () => {
    const good = { type: 'batch.a', payload: { n: 1 }, idempotencyKey: 'batch-1' };
    const bad = { type: 'batch.b', payload: 1, deliverAt: 'soon' };
    const refused = await owner.post('/api/v1/events/batch', { events: [good, bad] });
    expectProblem(refused, 'INPUT_INVALID');
    expect(refused.json.problems).toMatchObject([{ pointer: '/events/1/deliverAt', rule: 'moment' }]);
    const foreign = { ...good, appId: 'nobody' };
    const unknown = await admin.post('/api/v1/events/batch', {
      events: [{ ...good, appId: 'shop' }, foreign],
    });
    expectProblem(unknown, 'APP_NOT_FOUND');
    expect(unknown.json.problems).toMatchObject([{ pointer: '/events/1/appId', value: 'nobody' }]);
    expect((await owner.get('/api/v1/events?type=batch.a')).json.items).toEqual([]);
    const taken = await owner.post('/api/v1/events/batch', { events: [good, good, { ...good, payload: 2 }] });
    expect(taken).toMatchObject({
      status: 202,
      json: {
        events: [{ status: 'accepted' }, { status: 'replayed' }, { status: 'conflict', eventId: null }],
      },
    });
    expect((await owner.get('/api/v1/events?type=batch.a')).json.items).toHaveLength(1);
  });

  it.each([
    ['to publish', () => owner.post('/api/v1/events', { type: 'a b', payload: 1 })],
    ['to list', () => owner.get('/api/v1/events?type=order.*')],
  ])('a type %s is one type, without a pattern', async (_, request) => {
    const refused = await request();
    expectProblem(refused, 'INPUT_INVALID');
    expect(refused.json.detail).toMatch(/names of letters, digits, _ and - joined by dots/);
  });

  it.each([
    ['category', 'RETRYABEL'],
    ['reason', 'exhaustion'],
  ])('a bulk operation with a %s that no dead letter has is refused', async (member, value) => {
    const filter = { [member]: value };
    const refused = await owner.post('/api/v1/bulk-operations', { kind: 'resolve', filter });
    expectProblem(refused, 'INPUT_INVALID');
    expect(refused.json.problems).toMatchObject([{ pointer: `/filter/${member}`, value }]);
  });

  it('an idempotency key is one event, by header or by field', async () => {
    const event = { type: 'once.a', payload: {} };
    const headers = { 'idempotency-key': 'once' };
    const first = await owner.post('/api/v1/events', event, { headers });
    const again = await owner.post('/api/v1/events', { ...event, idempotencyKey: 'once' });
    expect(again.json).toMatchObject({ eventId: first.json.eventId, status: 'replayed' });
    expectProblem(
      await owner.post('/api/v1/events', { ...event, payload: 1 }, { headers }),
      'IDEMPOTENCY_CONFLICT',
    );
  });

  it('an app sees its own events only, and publishes for itself only', async () => {
    const { json } = await owner.post('/api/v1/events', { type: 'secret.a', payload: {} });
    expectProblem(await stranger.get(`/api/v1/events/${json.eventId}`), 'EVENT_NOT_FOUND');
    expect((await stranger.get('/api/v1/events')).json.items).toEqual([]);
    expectProblem(
      await stranger.post('/api/v1/events', { appId: 'shop', type: 'a.b', payload: 1 }),
      'APP_NOT_FOUND',
    );
    expectProblem(await stranger.get(subscriptions), 'APP_NOT_FOUND');
    expectProblem(
      await admin.post('/api/v1/events', { appId: 'nobody', type: 'a.b', payload: 1 }),
      'APP_NOT_FOUND',
    );
  });

  it('an event is replayed, alone and in a bulk operation that the worker runs', async () => {
    const subscription = { name: 'again', url: '/again', events: ['again.*'] };
    expect((await owner.post(subscriptions, subscription)).status).toBe(201);
    const from = new Date(Date.now() - 60_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    const { json } = await owner.post('/api/v1/events', { type: 'again.a', payload: { n: 1 } });
    await eventually(() => heard('/again').length === 1);
    const replay = `/api/v1/events/${json.eventId}/replay`;
    expectProblem(await stranger.post(replay, {}), 'EVENT_NOT_FOUND');
    const headers = { 'idempotency-key': 'replay-1' };
    const replayed = await owner.post(replay, { subscription: 'again' }, { headers });
    expect(replayed).toMatchObject({
      status: 202,
      json: { operation: { planned: 1, succeeded: 1 }, items: [{ result: 'succeeded' }] },
    });
    const again = await owner.post(replay, { subscription: 'again' }, { headers });
    expect(again.json.operation.id).toBe(replayed.json.operation.id);
    await eventually(() => heard('/again').length === 2);
    const { deliveries } = (await owner.get(`/api/v1/events/${json.eventId}`)).json;
    expect(deliveries).toMatchObject([
      { replayOf: null },
      { replayOf: deliveries[0].id, id: replayed.json.items[0].deliveryId },
    ]);
    const blocked = await owner.post(replay, { url: 'http://169.254.169.254/latest' });
    expectProblem(blocked, 'SSRF_BLOCKED');
    expect(blocked.json.detail).toBe('a URL must not be called');

    const filter = { types: ['again.*'], from, to };
    const planned = await owner.post('/api/v1/bulk-operations', { kind: 'replay', filter });
    expect(planned).toMatchObject({
      status: 201,
      json: {
        status: 'planned',
        planned: 1,
        sample: [{ subjectId: json.eventId, result: null }],
        endpoints: [{ subscription: 'again', items: 1, breaker: 'closed', hold: null }],
      },
    });
    const operation = planned.headers['location'] as string;
    expectProblem(await stranger.post(`${operation}/run`), 'BULK_OPERATION_NOT_FOUND');
    expect((await owner.post(`${operation}/run`)).status).toBe(202);
    await eventually(async () => (await owner.get(operation)).json.status === 'completed');
    await eventually(() => heard('/again').length === 3);
    expect((await owner.get(`${operation}/items?result=succeeded`)).json.items).toHaveLength(1);
    expectProblem(await owner.post(`${operation}/cancel`), 'BULK_OPERATION_STATE');
    const all = await owner.post('/api/v1/bulk-operations', { kind: 'replay', filter: {} });
    expectProblem(all, 'BULK_FILTER_INVALID', { pointer: '/filter/from' });
  });

  it('a subscription that the manifest declares is changed there', async () => {
    const manifest = {
      name: 'Shop',
      ownerEmail: 'owner@example.com',
      baseUrl: platform.receiver.url,
      webhooks: {},
      subscriptions: { declared: { url: '/declared', events: ['a.b'] } },
    };
    expect((await admin.put('/api/v1/admin/apps/bank/manifest', manifest)).status).toBe(200);
    const url = '/api/v1/apps/bank/subscriptions';
    expect((await stranger.get(url)).json.items).toMatchObject([{ name: 'declared', managedBy: 'manifest' }]);
    expectProblem(await stranger.request('DELETE', `${url}/declared`), 'SUBSCRIPTION_DECLARED');
    const invalid = await stranger.post(url, { name: 'Bad', url: 'nope', events: [], filter: { sum: 1 } });
    expectProblem(invalid, 'SUBSCRIPTION_INVALID');
    const pointers = invalid.json.problems.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.toSorted()).toEqual(['/events', '/filter/sum', '/name', '/url']);
  });
});
