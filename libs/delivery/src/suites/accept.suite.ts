import { newId } from '@breakwater/platform';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AcceptDelivery } from '../accept/accept-delivery.service.js';
import { AcceptStore, type NewDelivery } from '../accept/accept.store.js';

/** How deliveries are accepted. */
export function acceptSuite(redisUrl: string | null): void {
  describe('accepting', () => {
    let world: EngineWorld;
    let paths = 0;
    beforeAll(async () => {
      world = await startWorld({ redisUrl });
    });
    afterAll(() => world.stop());
    const app = async (): Promise<{ appId: string; path: string }> => {
      const path = `/accept-${++paths}`;
      return { path, ...(await world.register({ job: { url: world.receiver.on(path), async: true } })) };
    };
    const count = async (appId: string): Promise<number> =>
      (await world.rows<{ count: number }>('SELECT count(*) FROM deliveries WHERE app_id = $1', appId))[0]!
        .count;

    it('the same key and body 20 times at once makes one delivery', async () => {
      const { appId, path } = await app();
      const ids = await Promise.all(
        Array.from({ length: 20 }, () => world.accept(appId, 'job', '{"n":1}', 'key-1')),
      );
      expect(new Set(ids).size).toBe(1);
      expect(await count(appId)).toBe(1);
      await eventually(async () => (await world.delivery(ids[0]!))['status'] === 'completed');
      expect(await world.accept(appId, 'job', '{"n":1}', 'key-1')).toBe(ids[0]);
      expect(world.receiver.callsTo(path)).toHaveLength(1);
    });

    it('says whether an earlier acceptance answered', async () => {
      const { appId } = await app();
      const endpoint = await world.endpoint(appId, 'job');
      const request = {
        endpoint,
        kind: 'invocation',
        requestId: newId(),
        body: Buffer.from('1'),
        contentType: 'application/json',
        idempotencyKey: 'k',
      } as const;
      const accept = world.engine.get(AcceptDelivery);
      const first = await accept.accept(request);
      expect(first.replayed).toBe(false);
      expect(await accept.accept(request)).toEqual({ deliveryId: first.deliveryId, replayed: true });
    });

    it('the same key for another body is a conflict, and stores nothing', async () => {
      const { appId } = await app();
      await world.accept(appId, 'job', '{"n":1}', 'key-2');
      await expect(world.accept(appId, 'job', '{"n":2}', 'key-2')).rejects.toMatchObject({
        code: 'IDEMPOTENCY_CONFLICT',
      });
      expect(await count(appId)).toBe(1);
    });

    it('different bodies under one key at once make one delivery and conflicts', async () => {
      const { appId } = await app();
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, (_, n) => world.accept(appId, 'job', `{"n":${n}}`, 'key-3')),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await count(appId)).toBe(1);
    });

    it('the same key of another app is another key', async () => {
      const [one, two] = [await app(), await app()];
      expect(await world.accept(one.appId, 'job', '1', 'key')).not.toBe(
        await world.accept(two.appId, 'job', '1', 'key'),
      );
    });

    it('a key that expired is accepted again', async () => {
      const { appId } = await app();
      const first = await world.accept(appId, 'job', '{"n":1}', 'key-4');
      await world.rows(`UPDATE idempotency_keys SET expires_at = now() WHERE app_id = $1`, appId);
      const second = await world.accept(appId, 'job', '{"n":2}', 'key-4');
      expect(second).not.toBe(first);
      expect(await world.accept(appId, 'job', '{"n":2}', 'key-4')).toBe(second);
    });

    it.each(['', 'x'.repeat(256), 'tab\t', 'é'])('refuses the key %j', async (key) => {
      const { appId } = await app();
      await expect(world.accept(appId, 'job', '1', key)).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_INVALID',
        problems: [{ pointer: '/headers/idempotency-key' }],
      });
    });

    it('a bad row in a batch harms only that row', async () => {
      const { appId, path } = await app();
      const { id: endpointId } = await world.endpoint(appId, 'job');
      const row = (requestId: string): NewDelivery => ({
        id: newId(),
        appId,
        endpointId,
        capability: 'job',
        kind: 'invocation',
        eventType: null,
        requestId,
        body: Buffer.from('{}'),
        contentType: 'application/json',
        timeoutMs: 1000,
        traceParent: null,
        maxAttempts: 3,
      });
      const store = world.engine.get(AcceptStore);
      const requestIds = ['a', 'b', 'x'.repeat(256), 'd'];
      const results = await Promise.allSettled(requestIds.map((requestId) => store.accept(row(requestId))));
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
      expect(await count(appId)).toBe(3);
      // The store returns no wake-up: the sweeper has to find these.
      await world.rows(
        `UPDATE deliveries SET enqueued_at = now() - interval '1 minute', next_attempt_at = now() - interval '1 minute' WHERE app_id = $1`,
        appId,
      );
      await eventually(() => world.receiver.callsTo(path).length === 3);
    });

    it('commits before it calls', async () => {
      const { appId, path } = await app();
      let seen: unknown;
      world.receiver.on(path, async ({ headers }) => {
        seen = await world.delivery(String(headers['webhook-id']));
        return {};
      });
      const id = await world.accept(appId, 'job');
      await eventually(async () => (await world.delivery(id))['status'] === 'completed');
      expect(seen).toMatchObject({ id, status: 'pending' });
    });
  });
}
