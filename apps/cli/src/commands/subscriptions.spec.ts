import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi, page } from '../canned-api.fixture.js';

const id = '0190-7';
const SUBSCRIPTIONS = '/api/v1/apps/shop/subscriptions';
const LEDGER = `${SUBSCRIPTIONS}/ledger`;
const pem = (name: string): string =>
  fileURLToPath(new URL(`../../../../libs/webhook-client/src/fixtures/${name}.pem`, import.meta.url));

describe('the command', () => {
  const api = new CannedApi();
  beforeAll(() => api.start());
  beforeEach(() => api.forget());
  afterAll(() => api.stop());

  it.each<[title: string, args: string[], answered: unknown, request: object, printed: string]>([
    [
      'events publish',
      ['events', 'publish', 'order.created', '{"total": 1.0}'],
      { eventId: id, status: 'accepted', deliveries: 2 },
      {
        method: 'POST',
        path: '/api/v1/events',
        body: '{"type":"order.created","payload":{"total": 1.0}}',
      },
      `eventId:     ${id}`,
    ],
    [
      'events publish with all options',
      [
        'events',
        'publish',
        'a.b',
        '1',
        '--app',
        'shop',
        '--metadata',
        '{"n":1}',
        '--idempotency-key',
        'k',
        '--deliver-at',
        '2027-01-01T00:00:00Z',
      ],
      { eventId: id },
      {
        body: '{"type":"a.b","payload":1,"metadata":{"n":1},"appId":"shop","deliverAt":"2027-01-01T00:00:00Z"}',
        headers: { 'idempotency-key': 'k' },
      },
      id,
    ],
    [
      'events list',
      ['events', 'list', '--app', 'shop', '--type', 'a.b', '--limit', '5'],
      page({ id, appId: 'shop', type: 'a.b', status: 'published', deliveryCount: 3 }),
      { method: 'GET', path: '/api/v1/events?appId=shop&type=a.b&limit=5' },
      'published  3',
    ],
    [
      'events show',
      ['events', 'show', id],
      {
        id,
        type: 'a.b',
        payload: '{"n": 1}',
        deliveries: [{ id: 'd-1', subscription: 'ledger', status: 'pending', attempts: 2 }],
        skipped: [{ subscription: 'large', reason: 'filter', term: '/payload/total/$gte' }],
      },
      { method: 'GET', path: `/api/v1/events/${id}` },
      'large    filter  /payload/total/$gte',
    ],
    [
      'events show of an event without deliveries',
      ['events', 'show', id],
      { id, payload: null, deliveries: [], skipped: [] },
      { path: `/api/v1/events/${id}` },
      id,
    ],
    [
      'subscriptions list',
      ['subscriptions', 'list', 'shop'],
      { items: [{ name: 'ledger', events: ['order.*', 'a.b'], managedBy: 'rest', hold: 'paused' }] },
      { method: 'GET', path: SUBSCRIPTIONS },
      'order.* a.b',
    ],
    ['subscriptions list of none', ['subscriptions', 'list', 'shop'], { items: [] }, {}, 'none'],
    [
      'subscriptions show',
      ['subscriptions', 'show', 'shop', 'ledger'],
      { name: 'ledger', disabledReason: 'it answered 410 Gone' },
      { method: 'GET', path: LEDGER },
      'disabledReason:  it answered 410 Gone',
    ],
    [
      'subscriptions create',
      ['subscriptions', 'create', 'shop', 'ledger', '--to', '/hooks', '--events', 'order.*', 'a.b'],
      { name: 'ledger', signingSecret: 'whsec_x' },
      {
        method: 'POST',
        path: SUBSCRIPTIONS,
        body: '{"name":"ledger","events":["order.*","a.b"],"url":"/hooks","ownSecret":true}',
      },
      'whsec_x',
    ],
    [
      'subscriptions create with all options',
      [
        'subscriptions',
        'create',
        'shop',
        'ledger',
        '--to',
        '/hooks',
        '--events',
        'order.*',
        '--filter',
        '{"payload":{"total":{"$gte":10}}}',
        '--description',
        'Large',
        '--retry',
        'patient',
        '--rate',
        '5',
        '--concurrency',
        '2',
        '--headers',
        '{"x-team":"money"}',
        '--ordered',
        '--timeout',
        '9000',
        '--signatures',
        'v1',
        'v1a',
        '--paused',
        '--no-own-secret',
      ],
      { name: 'ledger' },
      {
        body: JSON.stringify({
          name: 'ledger',
          events: ['order.*'],
          url: '/hooks',
          filter: { payload: { total: { $gte: 10 } } },
          description: 'Large',
          retry: 'patient',
          rateLimitPerSecond: 5,
          concurrency: 2,
          headers: { 'x-team': 'money' },
          ordered: true,
          timeout: 9000,
          signatures: ['v1', 'v1a'],
          paused: true,
          ownSecret: false,
        }),
      },
      'ledger',
    ],
    [
      'subscriptions update',
      [
        'subscriptions',
        'update',
        'shop',
        'ledger',
        '--retry',
        '{"maxAttempts":3}',
        '--clear',
        'filter',
        'rate',
      ],
      { name: 'ledger' },
      {
        method: 'PATCH',
        path: LEDGER,
        body: '{"filter":null,"retry":{"maxAttempts":3},"rateLimitPerSecond":null}',
      },
      'ledger',
    ],
    [
      'subscriptions delete',
      ['subscriptions', 'delete', 'shop', 'ledger'],
      undefined,
      { method: 'DELETE', path: LEDGER },
      'deleted',
    ],
    [
      'subscriptions pause',
      ['subscriptions', 'pause', 'shop', 'ledger', '--reason', 'moving'],
      { hold: 'paused' },
      { method: 'POST', path: `${LEDGER}/pause`, body: '{"reason":"moving"}' },
      'paused',
    ],
    [
      'subscriptions resume',
      ['subscriptions', 'resume', 'shop', 'ledger'],
      { status: 'active' },
      { method: 'POST', path: `${LEDGER}/resume` },
      'active',
    ],
    [
      'subscriptions disable',
      ['subscriptions', 'disable', 'shop', 'ledger', '--reason', 'abuse'],
      { status: 'disabled' },
      { method: 'POST', path: `${LEDGER}/disable`, body: '{"reason":"abuse"}' },
      'disabled',
    ],
    [
      'subscriptions enable',
      ['subscriptions', 'enable', 'shop', 'ledger'],
      { status: 'active' },
      { method: 'POST', path: `${LEDGER}/enable` },
      'active',
    ],
    [
      'subscriptions rotate-secret',
      ['subscriptions', 'rotate-secret', 'shop', 'ledger', '--overlap', '0'],
      { signingSecret: 'whsec_x', olderSecrets: [] },
      { method: 'POST', path: `${LEDGER}/signing-secret/rotate`, body: '{"overlapMs":0}' },
      'whsec_x',
    ],
    [
      'subscriptions rotate-secret with a secret of your own',
      ['subscriptions', 'rotate-secret', 'shop', 'ledger', '--secret-file', pem('client')],
      { signingSecret: 'whsec_x' },
      { body: expect.stringMatching(/^\{"signingSecret":"-----BEGIN .*-----"\}$/) },
      'whsec_x',
    ],
    [
      'webhook-keys show',
      ['webhook-keys', 'show'],
      { keys: [{ kid: 'k1', whpk: 'whpk_x', createdAt: 'then', retiresAt: null }] },
      { method: 'GET', path: '/.well-known/webhook-keys' },
      'k1  whpk_x  then',
    ],
    ['webhook-keys show of none', ['webhook-keys', 'show'], { keys: [] }, {}, 'none'],
    [
      'webhook-keys rotate',
      ['webhook-keys', 'rotate', '--overlap', '3600000'],
      { keys: [{ kid: 'k2', whpk: 'whpk_y' }] },
      { method: 'POST', path: '/api/v1/admin/webhook-keys/rotate', body: '{"overlapMs":3600000}' },
      'whpk_y',
    ],
    [
      'certificate set',
      ['certificate', 'set', 'shop', pem('client'), pem('key')],
      { subject: 'CN=shop', certificate: '-----BEGIN' },
      {
        method: 'PUT',
        path: '/api/v1/admin/apps/shop/client-certificate',
        body: expect.stringMatching(/^\{"certificate":"-----BEGIN CERT.*","key":"-----BEGIN .*"\}$/),
      },
      'subject:  CN=shop',
    ],
    [
      'certificate show',
      ['certificate', 'show', 'shop'],
      { validTo: '2027-01-01', certificate: '-----BEGIN' },
      { method: 'GET', path: '/api/v1/admin/apps/shop/client-certificate' },
      'validTo:  2027-01-01',
    ],
    [
      'certificate delete',
      ['certificate', 'delete', 'shop'],
      undefined,
      { method: 'DELETE', path: '/api/v1/admin/apps/shop/client-certificate' },
      'deleted',
    ],
  ])('%s calls the API and prints the answer', async (_, args, answered, request, printed) => {
    api.answerWith(answered);
    expect(await api.breakwater(...args)).toBe(0);
    expect(api.requests).toMatchObject([request]);
    expect(api.out.join('\n')).toContain(printed);
    expect(api.err).toEqual([]);
  });

  it.each([
    ['a subscription without events', ['create', 'shop', 'l', '--to', '/x'], '--events'],
    ['a filter that is not JSON', ['update', 'shop', 'l', '--filter', '{'], '--filter is not JSON'],
    ['a rate that is not a number', ['update', 'shop', 'l', '--rate', 'fast'], 'must be a whole number'],
    ['a missing file', ['rotate-secret', 'shop', 'l', '--secret-file', '/none'], 'cannot read /none'],
  ])('ends with 2 for %s, and sends no request', async (_, args, told) => {
    expect(await api.breakwater('subscriptions', ...args)).toBe(2);
    expect(api.err.join('\n')).toContain(told);
    expect(api.requests).toEqual([]);
  });
});
