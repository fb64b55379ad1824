import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';

/** Pausing, disabling and cancelling over the API, with two api processes and a worker. */
describe('over the API', () => {
  let platform: Platform;
  let admin: HttpClient;
  let elsewhere: HttpClient;
  let owner: HttpClient;
  const appId = 'held';
  const url = `/api/v1/admin/apps/${appId}`;
  beforeAll(async () => {
    platform = await Platform.start();
    const [api, other] = [await platform.api(), await platform.api()];
    await platform.worker();
    platform.receiver.on('/ask', { body: '"asked"' });
    platform.receiver.on('/job');
    await platform.register(
      api,
      {
        ask: {},
        say: { url: '/ask', fallback: { strategy: 'static', value: 'fell back' } },
        job: { async: true },
      },
      appId,
    );
    admin = platform.client(api);
    elsewhere = platform.client(other);
    owner = platform.client(api, await platform.key(api, { scopes: ['app'], appId }));
  });
  afterAll(async () => platform?.stop());

  const asked = async (): Promise<unknown> => (await elsewhere.invoke(appId, 'say')).json;

  it('a pause reaches sync calls of every process within a second, and so does the resume', async () => {
    expect(await asked()).toMatchObject({ source: 'primary', data: 'asked' });
    const paused = await admin.post(`${url}/pause`, { reason: 'moving house' });
    expect(paused).toMatchObject({
      status: 200,
      json: { pausedAt: expect.any(String), pausedBy: expect.any(String), pausedReason: 'moving house' },
    });
    await eventually(async () => ((await asked()) as { reason?: string }).reason === 'paused', {
      limitMs: 1_000,
    });
    expect(await asked()).toMatchObject({ source: 'fallback', data: 'fell back', reason: 'paused' });
    const refused = await elsewhere.invoke(appId, 'ask');
    expectProblem(refused, 'APP_UNAVAILABLE');
    expect(refused.json.detail).toContain('(paused: moving house)');
    expect(await admin.post(`${url}/resume`)).toMatchObject({ status: 200, json: { pausedAt: null } });
    await eventually(async () => ((await asked()) as { source?: string }).source === 'primary', {
      limitMs: 1_000,
    });
  });

  it('waiting deliveries are sent after the resume; who paused, when and why is in the audit log', async () => {
    await admin.post(`${url}/capabilities/job/pause`, { reason: 'inventory' });
    const { json } = await elsewhere.invoke(appId, 'job');
    expect((await admin.get(`/api/v1/deliveries/${json.deliveryId}`)).json).toMatchObject({
      status: 'pending',
      waitReason: 'paused',
    });
    expect((await admin.get(`${url}/capabilities`)).json.items).toMatchObject([
      { capability: 'ask', hold: null },
      {
        capability: 'job',
        hold: 'paused',
        status: 'active',
        pausedReason: 'inventory',
        pausedByPlatform: true,
      },
      { capability: 'say', hold: null },
    ]);
    expect((await admin.get('/api/v1/admin/queue/statistics')).json).toMatchObject({ paused: 1 });
    await admin.post(`${url}/capabilities/job/resume`);
    await eventually(
      async () => (await admin.get(`/api/v1/deliveries/${json.deliveryId}`)).json.status === 'completed',
    );
    const { items } = (await admin.get('/api/v1/admin/audit-log?action=capability.pause')).json;
    expect(items[0]).toMatchObject({ target: `${appId}/job`, appId, detail: { reason: 'inventory' } });
  });

  it("an app's own key pauses and resumes what is its own, but cannot undo a hold of the platform", async () => {
    expect((await owner.post(`${url}/pause`, {})).json).toMatchObject({ pausedByPlatform: false });
    expect((await owner.post(`${url}/resume`)).status).toBe(200);
    for (const place of [url, `${url}/capabilities/job`]) {
      await owner.post(`${place}/pause`, { reason: 'mine' });
      // The platform's pause replaces it.
      expect((await admin.post(`${place}/pause`, { reason: 'ours' })).json).toMatchObject({
        pausedReason: 'ours',
      });
      expect((await owner.post(`${place}/pause`, { reason: 'mine' })).json).toMatchObject({
        pausedReason: 'ours',
      });
      expectProblem(await owner.post(`${place}/resume`), 'HELD_BY_PLATFORM');
      expect((await admin.post(`${place}/resume`)).status).toBe(200);
    }
    expectProblem(await owner.post(`${url}/capabilities/job/disable`, { reason: 'x' }), 'FORBIDDEN');
  });

  it('one request enables a capability, whoever disabled it', async () => {
    const job = `${url}/capabilities/job`;
    expectProblem(await admin.post(`${job}/disable`, {}), 'INPUT_INVALID');
    expect((await admin.post(`${job}/disable`, { reason: 'abuse' })).json).toMatchObject({
      status: 'disabled',
      hold: 'disabled',
      disabledReason: 'abuse',
    });
    expectProblem(await admin.invoke(appId, 'job'), 'ENDPOINT_UNAVAILABLE');
    expectProblem(await owner.post(`${job}/enable`), 'HELD_BY_PLATFORM');
    expect((await admin.post(`${job}/enable`)).json).toMatchObject({
      status: 'active',
      hold: null,
      disabledBy: null,
    });
    await platform.rows(
      `UPDATE endpoints SET status = 'disabled', disabled_reason = 'it answered 410 Gone' WHERE capability = 'job'`,
    );
    expect((await owner.post(`${job}/enable`)).json).toMatchObject({
      status: 'active',
      disabledReason: null,
    });
    expect((await admin.invoke(appId, 'job')).status).toBe(202);
  });

  it('a missing app or capability cannot be paused', async () => {
    expectProblem(await admin.post('/api/v1/admin/apps/nobody/pause', {}), 'APP_NOT_FOUND');
    for (const act of ['pause', 'resume', 'enable'])
      expectProblem(await admin.post(`${url}/capabilities/nothing/${act}`, {}), 'CAPABILITY_NOT_FOUND');
    expectProblem(await admin.post(`${url}/pause`, { reason: '' }), 'INPUT_INVALID');
    expectProblem(await admin.post(`${url}/pause`, { reason: null }), 'INPUT_INVALID');
  });

  it('all waiting deliveries that match are cancelled at once, and only on request', async () => {
    await admin.post(`${url}/pause`, {});
    await admin.post('/api/v1/deliveries/cancel', { filter: {} });
    for (let n = 0; n < 3; n++) await admin.invoke(appId, 'job');
    const cancel = (body: object, who = admin) => who.post('/api/v1/deliveries/cancel', body);
    const filter = { appId, capability: 'job' };
    for (const dryRun of [null, 'true', 1, 0, {}])
      expectProblem(await cancel({ filter, dryRun }), 'INPUT_INVALID');
    for (const body of [
      {},
      { filter: null },
      { filter: [] },
      { filter: { app: appId } },
      { filter: { minAgeMs: null } },
    ])
      expectProblem(await cancel(body), 'INPUT_INVALID');
    expectProblem(await cancel({ filter: { appId: 'other' } }, owner), 'APP_NOT_FOUND');
    expect((await cancel({ filter, dryRun: true })).json).toEqual({ count: 3, dryRun: true });
    expect((await cancel({ filter: {}, dryRun: true }, owner)).json).toEqual({ count: 3, dryRun: true });
    expect((await cancel({ filter })).json).toEqual({ count: 3, dryRun: false });
    expect((await cancel({ filter })).json).toEqual({ count: 0, dryRun: false });
    await admin.post(`${url}/resume`);
  });
});
