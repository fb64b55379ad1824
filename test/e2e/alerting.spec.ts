import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { Answer, HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

const ADMIN = '/api/v1/admin';

describe('health and alerts over the API', () => {
  let platform: Platform;
  let api: Role;
  let client: HttpClient;
  let appId: string;
  let otherId: string;

  beforeAll(async () => {
    const env = { APP_HEALTH_CHECK_INTERVAL: '5000', ALERT_CHECK_INTERVAL: '1000' };
    platform = await Platform.start({ env });
    [api] = await Promise.all([platform.api(), platform.worker()]);
    client = platform.client(api);
    appId = await platform.register(api, { answer: {}, report: { async: true, retry: { maxAttempts: 1 } } });
    otherId = await platform.register(api, { answer: {} });
  });
  afterAll(() => platform?.stop());

  const patch = (path: string, body: object): Promise<Answer> => client.request('PATCH', path, { body });
  const rule = (change: object = {}): object => ({
    name: 'Mine',
    type: 'dlq_size',
    threshold: 3,
    appId,
    ...change,
  });

  it('show the health of each app', async () => {
    const isHealthy = async (): Promise<boolean> =>
      (await client.get(`${ADMIN}/health/apps/${appId}`)).json.status === 'healthy';
    await eventually(isHealthy, { what: 'a first check' });
    const { json } = await client.get(`${ADMIN}/health/apps?status=healthy&limit=1`);
    expect(json.items).toHaveLength(1);
    expect(json.items[0]).toMatchObject({
      consecutiveFailures: 0,
      details: { outcome: 'delivered', httpStatus: 200 },
    });
    const unknown = await client.get(`${ADMIN}/health/apps/nobody`);
    expect([unknown.status, unknown.json.code]).toEqual([404, 'APP_NOT_FOUND']);
    expect((await client.get(`${ADMIN}/health/apps?status=fine`)).json.problems[0]).toMatchObject({
      pointer: '/status',
    });
  });

  it('show that everything is healthy', async () => {
    const { status, json } = await client.get(`${ADMIN}/webhook-health`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'healthy',
      reasons: [],
      counts: { activeApps: 2, unhealthyApps: 0 },
    });
    expect(Date.parse(json.checkedAt)).toBeGreaterThan(0);
  });

  it('have rules that can be created, changed, tested and deleted, each of it in the audit log', async () => {
    const made = await client.post(`${ADMIN}/alert-rules`, rule({ channels: ['in_app'] }));
    expect(made.status, made.text).toBe(201);
    expect(made.json).toMatchObject({
      name: 'Mine',
      type: 'dlq_size',
      appId,
      capability: null,
      threshold: 3,
      channels: ['in_app'],
      windowMs: 3_600_000,
      minSamples: 20,
      cooldownSeconds: 3600,
      enabled: true,
    });
    const path = `${ADMIN}/alert-rules/${made.json.id}`;
    expect((await patch(path, { threshold: 5, enabled: false })).json).toMatchObject({
      threshold: 5,
      enabled: false,
    });
    expect((await client.get(path)).json).toMatchObject({ name: 'Mine', threshold: 5 });
    expect((await client.post(`${path}/test`)).json).toMatchObject({
      wouldFire: false,
      enabled: false,
      subjects: [],
    });
    expect((await client.get(`${ADMIN}/alert-rules?limit=200`)).json.items).toHaveLength(8);
    expect((await client.request('DELETE', path)).status).toBe(204);
    const gone = await client.get(path);
    expect([gone.status, gone.json.code]).toEqual([404, 'ALERT_RULE_NOT_FOUND']);
    const { json } = await client.get(`${ADMIN}/audit-log?limit=200`);
    const actions = (json.items as { action: string }[]).map(({ action }) => action);
    for (const action of ['create', 'update', 'delete']) expect(actions).toContain(`alert_rule.${action}`);
  });

  it.each<[string, object, string, RegExp]>([
    ['an unknown type', { type: 'mood' }, '/type', /must be one of/],
    [
      'a threshold out of its range',
      { type: 'success_rate', threshold: 101 },
      '/threshold',
      /from 0.01 to 100 %/,
    ],
    ['no threshold', { threshold: undefined }, '/threshold', /number/],
    ['no name', { name: undefined }, '/name', /name/],
    ['a window of a second', { windowMs: 1000 }, '/windowMs', /60000/],
    ['a window of a month', { windowMs: 2_592_000_000 }, '/windowMs', /604800000/],
    ['an unknown channel', { channels: ['pigeon'] }, '/channels', /email, in_app, slack, discord, webhook/],
    ['an invalid app', { appId: 'nobody' }, '/appId', /no app "nobody"/],
    [
      'an invalid capability',
      { capability: 'nothing' },
      '/capability',
      /no app .* has a capability "nothing"/,
    ],
    ['an unknown member', { treshold: 3 }, '/treshold', /should not exist/],
    ['null for a switch', { enabled: null }, '/enabled', /boolean/],
  ])('refuse a rule with %s, naming field, rule and value', async (_, change, pointer, message) => {
    const { status, json } = await client.post(`${ADMIN}/alert-rules`, rule(change));
    expect(status).toBe(400);
    const problem = (json.problems as { pointer: string; message: string }[]).find(
      (each) => each.pointer === pointer,
    );
    expect(problem?.message).toMatch(message);
  });

  it('do not let a rule watch something else', async () => {
    const { json } = await client.post(`${ADMIN}/alert-rules`, rule());
    const { status } = await patch(`${ADMIN}/alert-rules/${json.id}`, { type: 'queue_depth' });
    expect(status).toBe(400);
    await client.request('DELETE', `${ADMIN}/alert-rules/${json.id}`);
  });

  it('report that an app becomes unhealthy and its dead letters pile up, and that everything is healthy again', async () => {
    platform.receiver.on('/health', { status: 503 });
    platform.receiver.on('/report', { status: 400 });
    const made = await client.post(`${ADMIN}/alert-rules`, rule({ threshold: 2, channels: ['in_app'] }));
    for (let n = 0; n < 3; n++) expect((await client.invoke(appId, 'report')).status).toBe(202);
    const firing = async (): Promise<unknown[]> =>
      (await client.get(`${ADMIN}/alerts?status=firing&ruleId=${made.json.id}`)).json.items;
    await eventually(async () => (await firing()).length === 1, { limitMs: 30_000, what: 'an alert' });
    expect(await firing()).toMatchObject([{ appId, type: 'dlq_size', threshold: 2, resolvedAt: null }]);
    const test = await client.post(`${ADMIN}/alert-rules/${made.json.id}/test`);
    expect(test.json).toMatchObject({
      wouldFire: true,
      subjects: [{ appId, verdict: 'firing', would: 'keep', wouldNotify: false, withinCooldown: true }],
    });
    const codes = async (): Promise<string[]> =>
      ((await client.get(`${ADMIN}/webhook-health`)).json.reasons as { code: string }[]).map(
        ({ code }) => code,
      );
    await eventually(async () => (await codes()).includes('APP_UNHEALTHY'), {
      limitMs: 40_000,
      what: 'ill apps',
    });
    expect(await codes()).toContain('ALERT_FIRING');
    expect((await client.get(`${ADMIN}/health/apps?status=unhealthy`)).json.items.length).toBeGreaterThan(0);

    platform.receiver.on('/health');
    await client.post(`${ADMIN}/dlq/resolve`, { filter: {}, notes: 'done' });
    await eventually(async () => (await codes()).length === 0, { limitMs: 40_000, what: 'an end of it' });
    const { json } = await client.get(`${ADMIN}/alerts?appId=${appId}&ruleId=${made.json.id}`);
    expect(json.items).toMatchObject([{ status: 'resolved', resolvedReason: 'recovered', worstValue: 3 }]);
    const kinds = await platform.rows<{ kind: string }>(
      `SELECT DISTINCT kind FROM notifications WHERE app_id = ANY ($1) ORDER BY 1`,
      [appId, otherId],
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['alert_firing', 'alert_resolved', 'app_recovered', 'app_unhealthy']),
    );
  }, 120_000);
});
