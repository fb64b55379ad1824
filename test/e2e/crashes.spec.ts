import { describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { ReceivedCall } from '@breakwater/testing/receiver.js';
import { backends, Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

/** Longer than the time after which a wake-up without a claim counts as lost (15 s), also on a busy machine. */
const LIMIT_MS = 60_000;
/** A claim lasts both together; on a busy machine an answer may take long, and must not be a timeout. */
const CALL_TIMEOUT_MS = 3_000;
const LEASE_MARGIN_MS = 3_000;
/** Each test starts two or three processes, all tests at once. */
const TEST_LIMIT_MS = 150_000;

interface World {
  platform: Platform;
  api: Role;
  accept: () => Promise<string>;
  callsOf: (id: string) => ReceivedCall[];
  completed: (id: string) => Promise<void>;
}

/** Each test has processes of its own: they mostly wait, so they run at the same time. */
async function withWorld(
  backend: 'Redis' | 'PostgreSQL',
  story: (world: World) => Promise<void>,
): Promise<void> {
  const platform = await Platform.start({ backend, env: { DELIVERY_LEASE_MARGIN: String(LEASE_MARGIN_MS) } });
  try {
    const api = await platform.api();
    const appId = await platform.register(api, { report: { async: true, timeout: CALL_TIMEOUT_MS } });
    await story({
      platform,
      api,
      accept: async () => {
        const { status, json, text } = await platform.client(api).invoke(appId, 'report', { of: 'today' });
        expect(status, text).toBe(202);
        return json.deliveryId as string;
      },
      callsOf: (id) => platform.receiver.calls.filter(({ headers }) => headers['webhook-id'] === id),
      completed: async (id) => {
        const sql = `SELECT 1 FROM deliveries WHERE id = $1 AND status = 'completed'`;
        const isCompleted = async (): Promise<boolean> => (await platform.rows(sql, id)).length === 1;
        await eventually(isCompleted, { limitMs: LIMIT_MS, what: `end of ${id}` });
      },
    });
  } finally {
    await platform.stop();
  }
}

describe.concurrent.each(backends())('kill -9, queue on %s', { timeout: TEST_LIMIT_MS }, (backend) => {
  it('of a worker in a call: an unknown attempt, then another after the lease, under the same webhook-id', async () => {
    await withWorld(backend, async ({ platform, accept, callsOf, completed }) => {
      platform.receiver.on('/report', 'hang');
      const worker = await platform.worker();
      const id = await accept();
      await eventually(() => callsOf(id).length === 1, { what: 'a call in progress' });
      await worker.kill9();
      platform.receiver.on('/report');
      await platform.worker();
      await completed(id);
      const [first, second] = callsOf(id);
      expect(callsOf(id)).toHaveLength(2);
      expect(second!.body).toEqual(first!.body);
      // From claim to claim, to a millisecond: a call arrives some time after its claim.
      const between = `SELECT extract(epoch FROM max(started_at) - min(started_at))::float8 * 1000 AS ms
        FROM attempts WHERE delivery_id = $1`;
      const [{ ms }] = (await platform.rows<{ ms: number }>(between, id)) as [{ ms: number }];
      expect(ms).toBeGreaterThanOrEqual(CALL_TIMEOUT_MS + LEASE_MARGIN_MS - 1);
      const sql = 'SELECT number, outcome, next FROM attempts WHERE delivery_id = $1 ORDER BY number';
      expect(await platform.rows(sql, id)).toEqual([
        { number: 1, outcome: 'unknown', next: 'again' },
        { number: 2, outcome: 'delivered', next: 'done' },
      ]);
    });
  });

  it('of the api right after the 202: delivered', async () => {
    await withWorld(backend, async ({ platform, api, accept, completed }) => {
      await platform.worker();
      const burst = await Promise.all(Array.from({ length: 20 }, accept));
      await api.kill9();
      for (const id of burst) await completed(id);
      expect(await platform.counts()).toEqual({ completed: 20 });
    });
  });
});
