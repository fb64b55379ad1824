import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';

/** What failed, under the names that other products use. */
describe('failed webhooks', () => {
  let platform: Platform;
  let admin: HttpClient;
  let owner: HttpClient;
  let stranger: HttpClient;
  beforeAll(async () => {
    platform = await Platform.start();
    const api = await platform.api();
    await platform.worker();
    for (const appId of ['shop', 'bank']) await platform.register(api, {}, appId);
    admin = platform.client(api);
    owner = platform.client(api, await platform.key(api, { scopes: ['app'], appId: 'shop' }));
    stranger = platform.client(api, await platform.key(api, { scopes: ['app'], appId: 'bank' }));
    for (const name of ['one', 'two', 'three']) {
      const subscription = { name, url: `/${name}`, events: ['order.created'] };
      await owner.post('/api/v1/apps/shop/subscriptions', subscription);
    }
    platform.receiver.on('/one', { status: 400 });
    platform.receiver.on('/two', { status: 400 });
  });
  afterAll(async () => platform?.stop());

  const calls = (path: string): number => platform.receiver.callsTo(path).length;

  it('are listed, and sent again by the id of a delivery, a dead letter or the event', async () => {
    const event = (await owner.post('/api/v1/events', { type: 'order.created', payload: 1 })).json
      .eventId as string;
    const failed = await eventually(async () => {
      const answer = await owner.get('/api/v1/webhooks/failed');
      return answer.json.count === 2 && answer;
    });
    expect(failed.json.webhooks).toMatchObject([
      { appId: 'shop', eventType: 'order.created', attempts: 1 },
      { appId: 'shop', eventType: 'order.created', attempts: 1 },
    ]);
    expect((await admin.get('/api/v1/webhooks/failed?appId=shop')).json).toEqual(failed.json);
    expect((await owner.get('/api/webhooks/failed')).json).toEqual(failed.json);
    expect((await stranger.get('/api/v1/webhooks/failed')).json).toMatchObject({ webhooks: [], count: 0 });
    const page = (await owner.get('/api/v1/webhooks/failed?limit=1')).json;
    const next = await owner.get(`/api/v1/webhooks/failed?limit=1&cursor=${page.nextCursor}`);
    expect([...page.webhooks, ...next.json.webhooks]).toEqual(failed.json.webhooks);

    for (const path of ['/one', '/two']) platform.receiver.on(path, { status: 200 });
    const retried = await owner.post(`/api/v1/webhooks/${event}/retry`);
    expect(retried).toMatchObject({
      status: 202,
      json: { success: true, count: 2, message: '2 deliveries are due again' },
    });
    expect(retried.json.deliveryIds.toSorted()).toEqual(
      failed.json.webhooks.map(({ id }: { id: string }) => id).toSorted(),
    );
    await eventually(() => calls('/one') === 2 && calls('/two') === 2);
    expect(calls('/three')).toBe(1);
    await eventually(async () => {
      const { json } = await owner.post(`/api/v1/webhooks/${event}/retry`);
      return json.count === 0;
    });
  });

  it('are sent again one by one, also without the version in the path', async () => {
    platform.receiver.on('/one', { status: 400 });
    await owner.post('/api/v1/events', { type: 'order.created', payload: 2 });
    const letter = await eventually(async () => {
      const { items } = (await owner.get('/api/v1/admin/dlq')).json;
      return items.length === 1 && (items[0] as { id: string; deliveryId: string });
    });
    platform.receiver.on('/one', { status: 200 });
    expectProblem(await stranger.post(`/api/v1/webhooks/${letter.deliveryId}/retry`), 'DELIVERY_NOT_FOUND');
    const retried = await owner.post(`/api/webhooks/${letter.id}/retry`);
    expect(retried.json).toMatchObject({ count: 1, deliveryIds: [letter.deliveryId] });
    await eventually(async () => {
      const { json } = await owner.get(`/api/v1/deliveries/${letter.deliveryId}`);
      return json.status === 'completed';
    });
    const again = await owner.post(`/api/v1/webhooks/${letter.deliveryId}/retry`);
    expect(again.json).toMatchObject({ count: 1 });
    expectProblem(await owner.post('/api/v1/webhooks/nothing/retry'), 'DELIVERY_NOT_FOUND');
  });

  it('of a subscription that is disabled are refused with what to do', async () => {
    platform.receiver.on('/two', { status: 410 });
    const event = (await owner.post('/api/v1/events', { type: 'order.created', payload: 3 })).json
      .eventId as string;
    await eventually(
      async () => (await owner.get('/api/v1/apps/shop/subscriptions/two')).json.status === 'disabled',
    );
    await eventually(async () => (await owner.get('/api/v1/webhooks/failed')).json.count >= 1);
    const refused = await owner.post(`/api/v1/webhooks/${event}/retry`);
    expectProblem(refused, 'ENDPOINT_UNAVAILABLE');
    expect(refused.json.detail).toContain('breakwater subscriptions enable shop two');
  });
});
