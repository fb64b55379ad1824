import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { PublishEvents, type EventRequest, type PublishReport } from '../publish/publish-events.service.js';

/** From publishing to the receivers. */
export function publishSuite(redisUrl: string | null): void {
  describe.concurrent('an event', () => {
    let world: EngineWorld;
    let paths = 0;
    beforeAll(async () => {
      world = await startWorld({ redisUrl });
    });
    afterAll(() => world.stop());

    const newPath = (): string => `/heard-${++paths}`;
    const event = (part: Partial<EventRequest> & { text?: string }): EventRequest => {
      const { text = '{}', ...rest } = part;
      return {
        appId: null,
        type: 'order.created',
        body: Buffer.from(text),
        payload: JSON.parse(text),
        metadata: null,
        requestId: randomUUID(),
        publishedBy: 'test',
        deliverAt: null,
        idempotencyKey: null,
        ...rest,
      };
    };
    const publish = async (part: Parameters<typeof event>[0]): Promise<PublishReport> =>
      (await world.engine.get(PublishEvents).publish([event(part)]))[0]!;
    const heard = (path: string): string[] => world.receiver.callsTo(path).map(({ body }) => body.toString());

    it('is delivered to each subscription that hears it, byte for byte, one failing delays no other', async () => {
      const [one, two, failing, deaf] = [newPath(), newPath(), newPath(), newPath()];
      world.receiver.on(failing, { status: 500 });
      const { appId } = await world.register(
        {},
        {
          one: { url: one, events: ['order.created'] },
          two: { url: two, events: ['order.*'], filter: { payload: { total: { $gte: 10 } } } },
          failing: { url: failing, events: ['*'], retry: { maxAttempts: 1 } },
          deaf: { url: deaf, events: ['invoice.*'] },
        },
      );
      const text = '{ "total":12.50,\n "big": 12345678901234567890, "name":"\\u00e9" }';
      const report = await publish({ appId, text });
      expect(report).toMatchObject({ kind: 'published', deliveries: 3, warnings: [] });
      await eventually(() => [one, two, failing].every((path) => heard(path).length === 1));
      expect([one, two, failing, deaf].map(heard)).toEqual([[text], [text], [text], []]);
      const [call] = world.receiver.callsTo(one);
      expect(call!.headers).toMatchObject({ 'x-webhook-attempt': '1', 'content-type': 'application/json' });
    });
  });
}
