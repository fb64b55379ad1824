import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';

const BASE = '/api/v1/webhook-metrics';

let platform: Platform;
let api: Role;
let admin: HttpClient;
let owner: HttpClient;
let appId: string;
let otherId: string;

beforeAll(async () => {
  platform = await Platform.start({ env: { WEBHOOK_METRICS_INTERVAL: '1000' } });
  [api] = await Promise.all([platform.api(), platform.worker()]);
  admin = platform.client(api);
  const webhooks = {
    report: { async: true, retry: { maxAttempts: 1 } },
    answer: { fallback: 'none' },
    guess: { fallback: { strategy: 'static', value: 1 } },
    unused: {},
  };
  appId = await platform.register(api, webhooks);
  otherId = await platform.register(api, webhooks);
  owner = platform.client(api, await platform.key(api, { scopes: ['app'], appId }));
  platform.receiver.on('/report', ({ body }) => ({ status: JSON.parse(body.toString()).status as number }));
  platform.receiver.on('/answer', ({ body }) => ({ status: JSON.parse(body.toString()).status as number }));
  for (const status of [200, 200, 200, 400, 500]) await admin.invoke(appId, 'report', { status });
  for (const status of [200, 503]) await admin.invoke(appId, 'answer', { status });
  platform.receiver.on('/guess', { status: 500 });
  await admin.invoke(appId, 'guess', {});
  for (const status of [200, 400]) await admin.invoke(otherId, 'report', { status });
  await eventually(
    async () =>
      !(await platform.counts())['pending'] &&
      (await platform.rows('SELECT 1 FROM deliveries')).length === 10,
    { what: 'the end of ten deliveries' },
  );
});
afterAll(async () => platform?.stop());

describe('an app’s owner', () => {
  it('sees the results of its deliveries', async () => {
    const { status, json } = await owner.get(`${BASE}/delivery-stats?range=24h`);
    expect(status).toBe(200);
    const none = { total: 0, completed: 0, fallback: 0, failed: 0, deadLetter: 0, pending: 0, cancelled: 0 };
    expect(json).toEqual({
      range: '24h',
      timeRange: '24h',
      summary: {
        ...none,
        total: 8,
        completed: 4,
        fallback: 1,
        failed: 1,
        deadLetter: 2,
        successRate: '50.00%',
        avgAttempts: '1.00',
      },
      byEventType: {
        answer: { ...none, total: 2, completed: 1, failed: 1 },
        guess: { ...none, total: 1, fallback: 1 },
        report: { ...none, total: 5, completed: 3, deadLetter: 2 },
      },
    });
  });

  it('sees the state of its queue', async () => {
    const { json } = await owner.get(`${BASE}/queue-health`);
    expect(json).toEqual({
      healthy: true, // five that ended are too few to judge
      metrics: { waiting: 0, active: 0, completed: 3, failed: 2, delayed: 0, paused: 0 },
      stats: { totalJobs: 0, failureRate: '40.00%', queueDepth: 0 },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  it('sees its latest failures, newest first, including sync ones, but no call that a fallback answered', async () => {
    const { json } = await owner.get(`${BASE}/recent-failures`);
    expect(json.items.map(({ lastError, status }: Record<string, string>) => [status, lastError])).toEqual(
      expect.arrayContaining([
        ['dead_letter', 'http 400'],
        ['dead_letter', 'http 500'],
        ['failed', 'http 503'],
      ]),
    );
    expect(json.items).toHaveLength(3);
    // The names in the source documents, in addition to ours.
    expect(json).toMatchObject({ failures: json.items, count: 3 });
    for (const failure of json.failures) {
      expect(failure).toMatchObject({
        jobId: failure.id,
        eventType: failure.capability,
        maxAttempts: 1,
        errorMessage: failure.lastError,
        lastAttemptAt: expect.stringMatching(/Z$/),
      });
    }
    const times = json.items.map(({ failedAt }: { failedAt: string }) => failedAt);
    expect(times).toEqual(times.toSorted().reverse());
    expect((await owner.get(`${BASE}/recent-failures?limit=1`)).json.items).toEqual([json.items[0]]);
  });

  it('sees its dead letters, page by page, and sends one again by either id', async () => {
    const { json: first } = await owner.get(`${BASE}/dead-letter-queue?limit=1`);
    expect(first.items).toHaveLength(1);
    const { json: second } = await owner.get(`${BASE}/dead-letter-queue?limit=1&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: [{ appId }], nextCursor: null });
    expect(second.items[0].id).not.toBe(first.items[0].id);
    expect(new Set([first.items[0].payload, second.items[0].payload])).toEqual(
      new Set(['{"status":400}', '{"status":500}']),
    );
    expect(first.items[0]).toMatchObject({ payloadTruncated: false, eventType: 'report' });
    platform.receiver.on('/report');
    for (const id of [first.items[0].id, second.items[0].deliveryId]) {
      const { status, json } = await owner.post(`${BASE}/retry-failed/${id}`, {});
      expect(status).toBe(202);
      expect(json).toMatchObject({
        success: true,
        message: `delivery ${json.id} is due again`,
        newJobId: json.id,
        payload: expect.stringContaining('status'),
      });
    }
    await eventually(async () => (await owner.get(`${BASE}/dead-letter-queue`)).json.items.length === 0, {
      what: 'both delivered',
    });
    expect((await owner.get(`${BASE}/delivery-stats`)).json.summary).toMatchObject({
      completed: 6,
      avgAttempts: '1.25',
    });
  });

  it('sees the payload of a delivery and what was sent and answered, also in its dead letter', async () => {
    const [failure] = (await owner.get(`${BASE}/recent-failures?limit=100`)).json.failures.filter(
      ({ mode }: { mode: string }) => mode === 'sync',
    );
    const { json } = await owner.get(`/api/v1/deliveries/${failure.id}`);
    expect(json).toMatchObject({
      payload: '{"status":503}',
      source: null,
      strategy: 'none',
      reason: 'http_error',
      retryCount: 0,
      lastRetryAt: null,
      maxAttempts: 1,
      deadLetteredAt: null,
    });
    expect(json.history[0].requestHeaders).toMatchObject({
      'webhook-id': failure.id,
      'webhook-signature': 'v1,***',
      'X-Request-ID': json.requestId,
      'X-Retry-Attempt': '1',
      'X-Max-Attempts': '1',
      'content-type': 'application/json',
    });
    const reader = platform.client(api, await platform.key(api, { scopes: ['read'], appId }));
    expect((await reader.get(`/api/v1/deliveries/${failure.id}`)).json.payload).toBeNull();
    const { json: list } = await owner.get(`/api/v1/deliveries?requestId=${json.requestId}&mode=sync`);
    expect(list.items).toMatchObject([{ id: failure.id }]);
  });

  it('finds nothing of another app, and cannot send it again', async () => {
    const { json } = await admin.get(`${BASE}/recent-failures?appId=${otherId}`);
    expect(json.items).toHaveLength(1);
    expectProblem(await owner.get(`${BASE}/recent-failures?appId=${otherId}`), 'APP_NOT_FOUND');
    expectProblem(await owner.post(`${BASE}/retry-failed/${json.items[0].id}`, {}), 'DELIVERY_NOT_FOUND');
    const [letter] = (await admin.get(`${BASE}/dead-letter-queue?appId=${otherId}`)).json.items;
    expectProblem(await owner.post(`${BASE}/retry-failed/${letter.id}`, {}), 'DELIVERY_NOT_FOUND');
  });

  it('opens and resolves its own dead letters, once', async () => {
    platform.receiver.on('/report', { status: 410 });
    const { deliveryId } = (await admin.invoke(otherId, 'report', { n: 1 })).json;
    const keeper = platform.client(api, await platform.key(api, { scopes: ['app'], appId: otherId }));
    const letter = await eventually(async () =>
      (await keeper.get('/api/v1/admin/dlq')).json.items.find(
        (item: { deliveryId: string }) => item.deliveryId === deliveryId,
      ),
    );
    const path = `/api/v1/admin/dlq/${letter.id}`;
    const { json } = await keeper.get(path);
    expect(json).toMatchObject({
      payload: '{"n":1}',
      eventType: 'report',
      delivery: {
        payload: null,
        deadLetteredAt: expect.stringMatching(/Z$/),
        history: [{ requestHeaders: { 'webhook-id': deliveryId } }],
      },
    });
    expect((await keeper.post(`${path}/resolve`, { notes: 'first' })).status).toBe(200);
    expectProblem(await keeper.post(`${path}/resolve`, { notes: 'second' }), 'DEAD_LETTER_RESOLVED');
    expect((await keeper.get(path)).json.notes).toBe('first');
    expectProblem(await owner.get(path), 'DEAD_LETTER_NOT_FOUND');
  });

  it.each(['queue-health', 'delivery-stats', 'recent-failures', 'dead-letter-queue'])(
    'gets %s without the version in the path too',
    async (name) => {
      const [one, other] = [
        await owner.get(`${BASE}/${name}`),
        await owner.get(`/api/webhook-metrics/${name}`),
      ];
      expect(one.status).toBe(200);
      delete one.json.timestamp;
      delete other.json.timestamp;
      expect(other.json).toEqual(one.json);
      expect((await platform.client(api, 'bw_wrong').get(`/api/webhook-metrics/${name}`)).status).toBe(401);
    },
  );

  it.each([
    ['delivery-stats?range=2h', '/range', 'isIn', '2h'],
    ['recent-failures?limit=101', '/limit', 'max', 101],
    ['recent-failures?limit=none', '/limit', 'isInt', 'none'],
  ])('gets an error for %s', async (path, pointer, rule, value) => {
    const { status, json } = await owner.get(`${BASE}/${path}`);
    expect(status).toBe(400);
    expect(json.problems).toMatchObject([{ pointer, rule, value }]);
  });
});

describe('metrics of an app', () => {
  const METRICS = '/api/v1/admin/webhook-metrics';

  it('count each call at once, and the same when they are rolled up', async () => {
    const expected = async (): Promise<object> =>
      (
        await platform.rows(
          `SELECT count(*)::int AS total, (count(*) FILTER (WHERE success))::int AS successes FROM webhook_metrics
           WHERE app_id = $1`,
          appId,
        )
      )[0]!;
    expect((await owner.get(`${METRICS}/${appId}`)).json.totals).toMatchObject(await expected());
    await eventually(
      async () =>
        (await platform.rows('SELECT 1 FROM attempts, metric_rollup_state WHERE recorded_in >= cursor'))
          .length === 0,
      { limitMs: 20_000, what: 'a roll-up' },
    );
    for (const window of ['1h', '24h', '7d']) {
      const { json } = await owner.get(`${METRICS}/${appId}?window=${window}`);
      expect(json).toMatchObject({ appId, capability: null, window, totals: await expected() });
    }
    const { json } = await admin.get(`${METRICS}/${appId}/answer?window=1h`);
    expect(json.totals).toMatchObject({
      total: 2,
      successes: 1,
      failures: 1,
      successRate: 50,
      timeoutRate: 0,
    });
    expect(json.totals.p95Ms).toBeGreaterThanOrEqual(json.totals.p50Ms);
    expect(json.series).toHaveLength(60);
    expect((await admin.get(`${METRICS}/${appId}/unused`)).json.totals).toMatchObject({
      total: 0,
      successRate: null,
    });
  });

  it.each([
    ['no such app', () => `${METRICS}/nobody`, 'APP_NOT_FOUND'],
    ['another’s app', () => `${METRICS}/${otherId}`, 'APP_NOT_FOUND'],
    ['no such capability', () => `${METRICS}/${appId}/none`, 'CAPABILITY_NOT_FOUND'],
    ['no such window', () => `${METRICS}/${appId}?window=30d`, 'INPUT_INVALID'],
  ])('%s', async (_, path, code) => {
    expectProblem(await owner.get(path()), code);
  });
});
