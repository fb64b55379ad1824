import { SubscriptionNotFoundError, Subscriptions } from '@breakwater/manifest';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { PingSubscription } from './ping-subscription.service.js';

const admin = { name: 'test', isPlatform: true };

describe('a ping', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await startWorld({ redisUrl: null });
  });
  afterAll(() => world.stop());

  let paths = 0;
  const newSubscription = async (): Promise<{ appId: string; path: string; signingSecret: string }> => {
    const path = `/ping-${++paths}`;
    return { path, ...(await world.register({}, { ledger: { url: path, events: ['order.*'] } })) };
  };
  const ping = (appId: string, name = 'ledger') =>
    world.engine.get(PingSubscription).ping(appId, name, 'r-1');

  it('is signed like a delivery, and reports what the receiver did', async () => {
    const { appId, path, signingSecret } = await newSubscription();
    world.receiver.on(path, { status: 200, body: 'thanks' });
    const report = await ping(appId);
    expect(report).toMatchObject({ outcome: 'delivered', httpStatus: 200, error: null, truncated: false });
    expect(report.responseBody?.toString()).toBe('thanks');
    const [call] = world.receiver.callsTo(path);
    expect(call!.headers['webhook-id']).toBe(report.webhookId);
    const body = new Webhook(signingSecret).verify(
      call!.body.toString(),
      call!.headers as Record<string, string>,
    );
    expect(body).toMatchObject({ type: 'breakwater.ping', test: true, appId, subscription: 'ledger' });
    expect(report.requestHeaders).toMatchObject({ 'webhook-signature': 'v1,***' });
  });

  it('that fails has no effect: the circuit stays closed, and nothing is stored', async () => {
    const { appId, path } = await newSubscription();
    world.receiver.on(path, { status: 500, body: 'x'.repeat(2_000) });
    for (let n = 0; n < 10; n++)
      expect(await ping(appId)).toMatchObject({
        outcome: 'http_error',
        httpStatus: 500,
        error: 'http 500',
        truncated: true,
      });
    expect(world.receiver.callsTo(path)).toHaveLength(10);
    for (const table of ['deliveries', 'attempts', 'circuit_breaker_state', 'webhook_dead_letter_queue'])
      expect(await world.rows(`SELECT 1 FROM ${table} WHERE app_id = $1`, appId)).toEqual([]);
  });

  it('reaches a subscription that is paused or disabled, and leaves it so', async () => {
    const { appId } = await newSubscription();
    const subscriptions = world.engine.get(Subscriptions);
    await subscriptions.pause(appId, 'ledger', null, admin);
    expect(await ping(appId)).toMatchObject({ outcome: 'delivered' });
    await subscriptions.disable(appId, 'ledger', 'tests', admin);
    expect(await ping(appId)).toMatchObject({ outcome: 'delivered' });
    expect(await subscriptions.get(appId, 'ledger')).toMatchObject({ status: 'disabled', pausedBy: 'test' });
  });

  it('of an unknown subscription is refused', async () => {
    const { appId } = await newSubscription();
    await expect(ping(appId, 'other')).rejects.toThrow(SubscriptionNotFoundError);
  });
});
