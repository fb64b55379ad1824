import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { gitHubEvents } from '@breakwater/testing/github-events.js';

/** Real payloads, verified by libraries of others. */
export function octokitSuite(redisUrl: string | null): void {
  describe('the webhook payloads of GitHub', () => {
    let world: EngineWorld;
    beforeAll(async () => {
      world = await startWorld({ redisUrl, env: { QUEUE_CONCURRENCY: '50' } });
    });
    afterAll(() => world.stop());

    it('are all delivered, byte for byte, with signatures that two other libraries verify', async () => {
      const payloads = gitHubEvents().map(({ body }) => body);
      expect(payloads.length).toBeGreaterThan(700);
      const url = world.receiver.on('/octokit', { status: 204, body: '' });
      const { appId, signingSecret } = await world.register({
        github: { url, async: true, concurrency: 50 },
      });
      const bodies = new Map<string, Buffer>();
      await Promise.all(
        payloads.map(async (body) => bodies.set(await world.accept(appId, 'github', body), body)),
      );
      await eventually(
        async () =>
          (
            await world.rows<{ count: number }>(
              `SELECT count(*) FROM deliveries WHERE app_id = $1 AND status = 'completed'`,
              appId,
            )
          )[0]!.count === payloads.length,
        { limitMs: 45_000, what: 'all completed' },
      );
      const calls = world.receiver.callsTo('/octokit');
      expect(calls).toHaveLength(payloads.length);
      const judge = new Webhook(signingSecret);
      const key = Buffer.from(signingSecret.slice('whsec_'.length), 'base64');
      for (const { headers, body } of calls) {
        const id = String(headers['webhook-id']);
        expect(bodies.get(id)!.equals(body)).toBe(true);
        bodies.delete(id);
        judge.verify(body, headers as Record<string, string>);
        const signed = Buffer.concat([Buffer.from(`${id}.${String(headers['webhook-timestamp'])}.`), body]);
        expect(headers['webhook-signature']).toBe(
          `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
        );
        expect(headers['x-platform-signature']).toBe(
          createHmac('sha256', signingSecret).update(body).digest('hex'),
        );
      }
      expect(bodies.size).toBe(0);
    });
  });
}
