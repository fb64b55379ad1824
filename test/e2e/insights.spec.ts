import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

const ADMIN = '/api/v1/admin';

describe('what the dashboard reads over the API', () => {
  let platform: Platform;
  let api: Role;
  let admin: HttpClient;
  let owner: HttpClient;
  let other: HttpClient;
  let appId: string;
  let otherId: string;

  beforeAll(async () => {
    platform = await Platform.start({ env: { WEBHOOK_METRICS_INTERVAL: '1000', TZ: 'Asia/Kathmandu' } });
    [api] = await Promise.all([platform.api(), platform.worker()]);
    admin = platform.client(api);
    const report = { async: true, retry: { maxAttempts: 1 } };
    appId = await platform.register(api, { answer: {}, report });
    otherId = await platform.register(api, { answer: {}, report });
    const keyOf = async (id: string): Promise<HttpClient> =>
      platform.client(api, await platform.key(api, { scopes: ['app'], appId: id, name: `key of ${id}` }));
    owner = await keyOf(appId);
    other = await keyOf(otherId);
    for (let n = 0; n < 3; n++) await admin.invoke(appId, 'report');
    await eventually(
      async () =>
        (await admin.get(`/api/v1/deliveries?appId=${appId}&status=completed`)).json.items.length === 3,
      { what: 'three completed deliveries', limitMs: 120_000 },
    );
  });
  afterAll(() => platform?.stop());

  it('is one sentence, and numbers that equal those of the lists', async () => {
    const { status, json } = await admin.get(`${ADMIN}/overview`);
    expect(status).toBe(200);
    expect(json.verdict).toMatchObject({ state: 'ok', sentence: 'All 2 apps are well.', reasons: [] });
    const { from, to, completed } = json.tiles.lastHour;
    const list = await admin.get(`/api/v1/deliveries?status=completed&from=${from}&to=${to}`);
    expect(list.json.items).toHaveLength(completed);
    expect(json.tiles.deadLetters.count).toBe((await admin.get(`${ADMIN}/dlq`)).json.items.length);
    expect(json.outcomes.series).toHaveLength(96);
    expect(json.outcomes.totals.ends.completed).toBe(3);
  });

  it('is for an app its own only', async () => {
    const { json } = await other.get(`${ADMIN}/overview`);
    expect(json.verdict.sentence).toBe('The app is well.');
    expect(json.outcomes.totals.total).toBe(0);
    expect(json.tiles.workers).toBeNull();
    const own = await owner.get(`${ADMIN}/app-summaries`);
    expect(own.json.items.map((item: { appId: string }) => item.appId)).toEqual([appId]);
    const foreign = await other.get(`${ADMIN}/apps/${appId}/series`);
    expect([foreign.status, foreign.json.code]).toEqual([404, 'APP_NOT_FOUND']);
    const uptime = await other.get(`${ADMIN}/health/apps/${appId}/uptime`);
    expect([uptime.status, uptime.json.code]).toEqual([404, 'APP_NOT_FOUND']);
    expect((await other.get(`/api/v1/search?q=${appId}`)).json.items).toEqual([]);
    expect((await other.get(`${ADMIN}/system`)).status).toBe(403);
    expect((await other.get(`${ADMIN}/workers`)).status).toBe(403);
  });

  it('is a page of apps, which are found by a text and by their state', async () => {
    await eventually(
      async () => (await admin.get(`${ADMIN}/app-summaries?search=${appId}`)).json.items[0].ended === 3,
      { what: 'a roll-up' },
    );
    const first = await admin.get(`${ADMIN}/app-summaries?sort=lastSeen&limit=1`);
    expect(first.json.items).toMatchObject([{ appId, state: 'ok', successRate: 100, completed: 3 }]);
    const next = await admin.get(`${ADMIN}/app-summaries?sort=lastSeen&cursor=${first.json.nextCursor}`);
    expect(next.json.items).toMatchObject([{ appId: otherId, state: 'idle', successRate: null }]);
    expect((await admin.get(`${ADMIN}/app-summaries?state=failing`)).json.items).toEqual([]);
    const wrong = await admin.get(`${ADMIN}/app-summaries?sort=name&cursor=${first.json.nextCursor}`);
    expect(wrong.json.code).toBe('CURSOR_INVALID');
  });

  it('is a series with the changes in its range', async () => {
    const { json } = await owner.get(`${ADMIN}/apps/${appId}/series?window=1h`);
    // On a busy machine a call may lose its claim: then it is made again, and its end is unknown.
    const { total, statuses } = json.totals;
    expect(total).toBe(3 + (statuses.none ?? 0));
    expect(json.totals).toMatchObject({
      successes: 3,
      ends: { completed: 3 },
      statuses: { '2xx': 3 },
      errors: {},
    });
    expect(json.capabilities).toMatchObject([{ capability: 'report', total }]);
    expect(json.markers).toMatchObject([{ kind: 'manifest', version: 1 }]);
    const from = '2026-01-01T05%3A45%3A00%2B05:45';
    const long = await owner.get(`${ADMIN}/apps/${appId}/series?from=${from}`);
    expect(long.json).toMatchObject({ from: '2026-01-01T00:00:00.000Z', stepMs: 86_400_000 });
    const missing = await owner.get(`${ADMIN}/apps/${appId}/series?capability=nothing`);
    expect([missing.status, missing.json.code]).toEqual([404, 'CAPABILITY_NOT_FOUND']);
  });

  it('is groups of dead letters, in pages', async () => {
    platform.receiver.on('/report', { status: 400, body: 'no' });
    for (const id of [appId, appId, otherId]) await admin.invoke(id, 'report');
    await eventually(async () => (await admin.get(`${ADMIN}/dlq`)).json.items.length === 3, {
      what: 'three dead letters',
    });
    const first = await admin.get(`${ADMIN}/dlq/groups?limit=1`);
    expect(first.json.items).toMatchObject([
      { appId, capability: 'report', errorClass: 'client_error', count: 2 },
    ]);
    const next = await admin.get(`${ADMIN}/dlq/groups?limit=1&cursor=${first.json.nextCursor}`);
    expect(next.json).toMatchObject({ items: [{ appId: otherId, count: 1 }], nextCursor: null });
    const list = await admin.get(`${ADMIN}/dlq?appId=${appId}&capability=report&errorClass=client_error`);
    expect(list.json.items).toHaveLength(2);
    const own = await other.get(`${ADMIN}/dlq/groups`);
    expect(own.json.items).toMatchObject([{ appId: otherId, count: 1 }]);
    const foreign = await other.get(`${ADMIN}/dlq/groups?appId=${appId}`);
    expect([foreign.status, foreign.json.code]).toEqual([404, 'APP_NOT_FOUND']);
    expect((await admin.get(`${ADMIN}/dlq/groups?errorClass=network`)).json.items).toEqual([]);
    expect((await admin.get(`${ADMIN}/dlq/groups?state=requeued`)).json.items).toEqual([]);
  });

  it('is the processes with their heartbeat, and the system', async () => {
    const { json } = await admin.get(`${ADMIN}/workers`);
    const roles = json.items.map(({ role, alive }: { role: string; alive: boolean }) => [role, alive]);
    expect(roles).toEqual([
      ['api', true],
      ['worker', true],
    ]);
    expect((await admin.get(`${ADMIN}/overview`)).json.tiles.workers.alive).toBe(1);
    const system = await admin.get(`${ADMIN}/system`);
    expect(system.json).toMatchObject({ queueBackend: 'postgres', migrations: { pending: [] } });
    const shown = JSON.stringify(system.json);
    expect(shown).not.toContain(platform.adminKey);
    expect(shown).toContain('"name":"BREAKWATER_ADMIN_KEY"');
  });

  it('is the health checks by day, and a check now', async () => {
    const asked = await admin.post(`${ADMIN}/health/apps/${appId}/check`);
    expect([asked.status, asked.json.appId]).toEqual([202, appId]);
    await eventually(
      async () => {
        const { json } = await owner.get(`${ADMIN}/health/apps/${appId}/uptime?days=2`);
        return json.days.length === 2 && json.days[1].ok + json.days[1].failed > 0;
      },
      { what: 'a check' },
    );
    const [last] = (await owner.get(`${ADMIN}/health/apps/${appId}/uptime`)).json.days.slice(-1);
    expect(last.day).toBe(new Date().toISOString().slice(0, 10));
  });

  it('finds a delivery by its id, the beginning of it, and its request id', async () => {
    const [delivery] = (await owner.get('/api/v1/deliveries?status=completed')).json.items;
    for (const q of [delivery.id, delivery.requestId]) {
      const found = await owner.get(`/api/v1/search?q=${q}`);
      expect(found.json.items).toMatchObject([{ kind: 'delivery', id: delivery.id, appId }]);
      expect((await other.get(`/api/v1/search?q=${q}`)).json.items).toEqual([]);
    }
    expect((await owner.get('/api/v1/search')).status).toBe(400);
  });
});
