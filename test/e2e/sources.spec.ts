import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem, expectRefusal, type Refusal } from '../support/refusals.js';

/** Sources over the API. */
describe('sources', () => {
  let platform: Platform;
  let admin: HttpClient;
  let owner: HttpClient;
  let stranger: HttpClient;
  const sources = '/api/v1/apps/shop/sources';
  beforeAll(async () => {
    platform = await Platform.start();
    const api = await platform.api();
    for (const appId of ['shop', 'bank']) await platform.register(api, {}, appId);
    admin = platform.client(api);
    owner = platform.client(api, await platform.key(api, { scopes: ['app'], appId: 'shop' }));
    stranger = platform.client(api, await platform.key(api, { scopes: ['app'], appId: 'bank' }));
  });
  afterAll(async () => platform?.stop());

  it('are created with an address, a secret that is shown once, what to paste where, and a target', async () => {
    const created = await owner.post(sources, {
      name: 'github',
      verification: { preset: 'github' },
      generateSecret: true,
      targets: [{ name: 'builds', url: '/builds', headers: { 'x-team': 'secret' } }],
    });
    expect(created).toMatchObject({
      status: 201,
      json: {
        name: 'github',
        url: expect.stringMatching(/\/in\/[0-9a-f]{40}$/),
        secret: expect.stringMatching(/^whsec_/),
        eventType: 'inbound.github',
        setup: { title: 'GitHub', paste: expect.any(String) },
        missing: [],
        secrets: [{ expiresAt: null }],
        targets: [
          { name: 'builds', subscription: 'github.builds', headerNames: ['x-team'], status: 'active' },
        ],
      },
    });
    const { secret, ...rest } = created.json;
    const shown = await owner.get(`${sources}/github`);
    expect(shown.json).toEqual(rest);
    expect(shown.text).not.toContain(secret);
    expect((await owner.get(sources)).json.items).toEqual([rest]);
    expect((await admin.get(`${sources}/github`)).json).toEqual(rest);
  });

  it('have targets that are listed, paused and pinged as subscriptions, and changed at their source only', async () => {
    await owner.post(sources, { name: 'stripe', verification: { preset: 'stripe' } });
    const target = `${sources}/stripe/targets/ledger`;
    const put = await owner.put(target, { url: '/ledger', filter: { payload: { type: 'charge.failed' } } });
    expect(put).toMatchObject({
      status: 200,
      json: { targets: [{ name: 'ledger', retry: { profile: 'forward' } }] },
    });
    const subscription = '/api/v1/apps/shop/subscriptions/stripe.ledger';
    expect((await owner.get(subscription)).json).toMatchObject({
      managedBy: 'source',
      events: ['inbound.stripe'],
      url: `${platform.receiver.url}/ledger`,
    });
    expect((await owner.post(`${subscription}/pause`, {})).json).toMatchObject({ hold: 'paused' });
    expect((await owner.post(`${subscription}/ping`)).json).toMatchObject({ httpStatus: 200 });
    for (const [method, body] of [
      ['PATCH', { url: '/x' }],
      ['DELETE', undefined],
    ] as const) {
      const refused = await owner.request(method, subscription, { body });
      expectProblem(refused, 'SUBSCRIPTION_OF_SOURCE');
      expect(refused.json.detail).toContain('is the target "ledger" of source "stripe"');
    }
    expect((await owner.request('DELETE', target)).status).toBe(204);
    expectProblem(await owner.get(subscription), 'SUBSCRIPTION_NOT_FOUND');
    expectProblem(await owner.request('DELETE', target), 'TARGET_NOT_FOUND');
  });

  it('are changed, paused, resumed, given new addresses and secrets, and deleted', async () => {
    const { json: before } = await owner.post(sources, { name: 'zoom', verification: { preset: 'zoom' } });
    expect(before).toMatchObject({ missing: ['secret'], answer: null });
    const url = `${sources}/zoom`;
    const changed = await owner.request('PATCH', url, {
      body: {
        description: 'Meetings',
        answer: { status: 204 },
        dedupeId: { body: '/payload/id' },
        secret: 'first',
      },
    });
    expect(changed).toMatchObject({
      status: 200,
      json: {
        description: 'Meetings',
        answer: { status: 204 },
        dedupeId: { body: '/payload/id' },
        secrets: [{}],
      },
    });
    const withSecret = await owner.post(`${url}/secrets`, { secret: 'second', overlapMs: 60_000 });
    expect(withSecret).toMatchObject({
      status: 200,
      json: { secret: null, secrets: [{ expiresAt: null }, {}] },
    });
    const rotated = await owner.post(`${url}/rotate-key`, { overlapMs: 60_000 });
    expect(rotated.json.previousUrls).toMatchObject([{ url: before.url }]);
    expect((await owner.post(`${url}/pause`, { reason: 'moves' })).json).toMatchObject({
      pausedReason: 'moves',
    });
    await admin.post(`${url}/pause`, { reason: 'abuse' });
    expectProblem(await owner.post(`${url}/resume`), 'HELD_BY_PLATFORM');
    expect((await admin.post(`${url}/resume`)).json).toMatchObject({ pausedAt: null });
    expect((await owner.request('DELETE', url)).status).toBe(204);
    expectProblem(await owner.get(url), 'SOURCE_NOT_FOUND');
  });

  it('have presets that say what to paste where', async () => {
    const { json } = await owner.get('/api/v1/source-presets');
    expect(json.items.length).toBeGreaterThanOrEqual(30);
    const named = (name: string) => json.items.find((preset: { name: string }) => preset.name === name);
    expect(named('github')).toMatchObject({
      title: 'GitHub',
      takesSecret: true,
      options: [],
      toleranceSeconds: null,
    });
    expect(named('paypal')).toMatchObject({ takesSecret: false, options: [{ name: 'webhookId' }] });
    expect(named('stripe')).toMatchObject({ toleranceSeconds: 300 });
  });

  it('of another app are not there', async () => {
    await owner.post(sources, { name: 'mine', verification: { preset: 'none' } });
    for (const [method, path, body] of [
      ['GET', sources],
      ['POST', sources, { name: 'x', verification: { preset: 'none' } }],
      ['GET', `${sources}/mine`],
      ['PATCH', `${sources}/mine`, { description: 'x' }],
      ['DELETE', `${sources}/mine`],
      ['POST', `${sources}/mine/rotate-key`, {}],
      ['POST', `${sources}/mine/secrets`, {}],
      ['POST', `${sources}/mine/pause`, {}],
      ['POST', `${sources}/mine/resume`],
      ['PUT', `${sources}/mine/targets/x`, { url: '/x' }],
      ['DELETE', `${sources}/mine/targets/x`],
      ['GET', `${sources}/mine/captures`],
    ] as const) {
      expectProblem(await stranger.request(method, path, { body }), 'APP_NOT_FOUND');
    }
    expect((await stranger.get('/api/v1/apps/bank/sources')).json.items).toEqual([]);
    expectProblem(await stranger.get('/api/v1/apps/bank/sources/mine'), 'SOURCE_NOT_FOUND');
    expect((await owner.get(`${sources}/mine`)).status).toBe(200);
  });

  const valid = { name: 'wrong', verification: { preset: 'github' } };
  it.each<Refusal>([
    [
      'no verification',
      `POST ${sources}`,
      { name: 'a' },
      'SOURCE_INVALID',
      { pointer: '/verification', rule: 'required' },
    ],
    ['no name', `POST ${sources}`, { verification: { preset: 'none' } }, 'INPUT_INVALID', '/name'],
    [
      'a name with a dot',
      `POST ${sources}`,
      { ...valid, name: 'a.b' },
      'SOURCE_INVALID',
      { pointer: '/name', rule: 'source_name', value: 'a.b' },
    ],
    [
      'an unknown preset',
      `POST ${sources}`,
      { ...valid, verification: { preset: 'githup' } },
      'SOURCE_INVALID',
      { pointer: '/verification/preset', rule: 'one_of', value: 'githup' },
    ],
    [
      'a made secret of a provider that sends its own',
      `POST ${sources}`,
      { name: 'asana', verification: { preset: 'asana' }, generateSecret: true },
      'SOURCE_INVALID',
      { pointer: '/generateSecret', rule: 'secret' },
    ],
    [
      'a wrong scheme',
      `POST ${sources}`,
      { ...valid, verification: { scheme: { kind: 'magic' } } },
      'SOURCE_INVALID',
      '/verification/scheme/kind',
    ],
    [
      'an answer that is a page',
      `POST ${sources}`,
      { ...valid, answer: { contentType: 'text/html' } },
      'SOURCE_INVALID',
      { pointer: '/answer/contentType', rule: 'content_type', value: 'text/html' },
    ],
    ['an unknown member', `POST ${sources}`, { ...valid, url: '/x' }, 'INPUT_INVALID', '/url'],
    [
      'a target that must not be called',
      `POST ${sources}`,
      { ...valid, targets: [{ name: 'a', url: 'http://10.0.0.1/' }] },
      'SSRF_BLOCKED',
      '/targets/0/url',
    ],
    [
      'a target without a url',
      `POST ${sources}`,
      { ...valid, targets: [{ name: 'a' }] },
      'SOURCE_INVALID',
      { pointer: '/targets/0/url', rule: 'required' },
    ],
    [
      'a wrong overlap',
      `POST ${sources}/github/rotate-key`,
      { overlapMs: -1 },
      'INPUT_INVALID',
      '/overlapMs',
    ],
    ['an unknown source', `GET ${sources}/nobody`, undefined, 'SOURCE_NOT_FOUND'],
    ['an unknown capture', `GET ${sources}/github/captures/1`, undefined, 'CAPTURE_NOT_FOUND'],
    ['a wrong result', `GET ${sources}/github/captures?result=lost`, undefined, 'INPUT_INVALID', '/result'],
    ['a source that exists', `POST ${sources}`, { ...valid, name: 'github' }, 'SOURCE_EXISTS'],
    [
      'an event of a captured type',
      'POST /api/v1/events',
      { type: 'inbound.github', payload: 1 },
      'EVENT_TYPE_RESERVED',
      { pointer: '/type', rule: 'reserved', value: 'inbound.github' },
    ],
    [
      'a batch with one',
      'POST /api/v1/events/batch',
      {
        events: [
          { type: 'a.b', payload: 1 },
          { type: 'inbound.x', payload: 1 },
        ],
      },
      'EVENT_TYPE_RESERVED',
      '/events/1/type',
    ],
  ])('%s is refused', async (...refusal) => expectRefusal(owner, ...refusal));
});
