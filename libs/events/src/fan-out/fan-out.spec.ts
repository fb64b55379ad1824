import { EventFanOut, type DueEvent } from '@breakwater/delivery';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { SubscriptionDirectory } from '../directory/subscription-directory.service.js';

/** As when a worker stalls, its lease expires, and it continues while another one has the event. */
describe('an event that two workers have taken', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await startWorld({ redisUrl: null, consume: false, sweep: false });
  });
  afterAll(() => world.stop());

  it('is fanned out by one of them at each step, and has one delivery for each subscription', async () => {
    const url = world.receiver.on('/heard');
    const all = {
      one: { url, events: ['a.b'] },
      two: { url, events: ['a.*'] },
      three: { url, events: ['*'] },
    };
    const { appId } = await world.register({}, all);
    const [published] = await world.rows<{ id: string }>(
      `SELECT breakwater.publish('a.b', '{}', $1) AS id`,
      appId,
    );
    const fanOut = world.engine.get(EventFanOut);
    const taken = async (): Promise<DueEvent> => {
      await world.rows('UPDATE events SET fan_out_at = now() WHERE id = $1', published!.id);
      return (await fanOut.take())[0]!;
    };
    const workers = [await taken(), await taken()];
    const { version, subscriptions } = await world.engine.get(SubscriptionDirectory).for(appId);
    for (const [index, target] of subscriptions.entries()) {
      const matches = {
        directoryVersion: version,
        targets: [target],
        more: index < subscriptions.length - 1,
        cursor: target.endpointId,
      };
      const steps = await Promise.all(workers.map((event) => fanOut.step(event, matches, null)));
      const done = steps.filter((next) => next !== undefined);
      expect(done).toHaveLength(1);
      if (done[0]) workers.fill(done[0]);
    }
    const events = 'SELECT fan_out_at AS "fanOutAt", deliveries FROM events WHERE id = $1';
    expect(await world.rows(events, published!.id)).toEqual([{ fanOutAt: null, deliveries: 3 }]);
    const deliveries = 'SELECT endpoint_id AS id FROM deliveries WHERE event_id = $1 ORDER BY 1';
    expect(await world.rows(deliveries, published!.id)).toEqual(
      subscriptions.map(({ endpointId }) => ({ id: endpointId })),
    );
  });
});
