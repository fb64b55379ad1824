import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { backends, Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

describe.each(backends())('kill -9, queue on %s', (backend) => {
  let platform: Platform;
  let api: Role;
  let appId: string;

  beforeAll(async () => {
    platform = await Platform.start({ backend, env: { DELIVERY_LEASE_MARGIN: '500' } });
    api = await platform.api();
    appId = await platform.register(api, { report: { async: true, timeout: 1000 } });
  });

  afterAll(async () => platform?.stop());

  const accept = async (): Promise<string> => {
    const { status, json, text } = await platform.client(api).invoke(appId, 'report', { of: 'today' });
    expect(status, text).toBe(202);
    return json.deliveryId as string;
  };
  const callsOf = (id: string) =>
    platform.receiver.calls.filter(({ headers }) => headers['webhook-id'] === id);
  const completed = async (id: string): Promise<boolean> =>
    (await platform.rows(`SELECT 1 FROM deliveries WHERE id = $1 AND status = 'completed'`, id)).length === 1;

  it('of a worker in a call: an unknown attempt, then another after the lease, under the same webhook-id', async () => {
    platform.receiver.on('/report', 'hang');
    const worker = await platform.worker();
    const id = await accept();
    await eventually(() => callsOf(id).length === 1, { what: 'a call in hand' });
    await worker.kill9();
    const killedMs = performance.now();
    platform.receiver.on('/report');
    await platform.worker();
    await eventually(() => completed(id), { what: 'delivered after all' });
    const [first, second] = callsOf(id);
    expect(callsOf(id)).toHaveLength(2);
    expect(second!.body).toEqual(first!.body);
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(1500);
    expect(second!.atMs - killedMs).toBeLessThan(10_000);
    const attempts = await platform.rows(
      'SELECT number, outcome, next FROM attempts WHERE delivery_id = $1 ORDER BY number',
      id,
    );
    expect(attempts).toEqual([
      { number: 1, outcome: 'unknown', next: 'again' },
      { number: 2, outcome: 'delivered', next: 'done' },
    ]);
  });

  it('of the api right after the 202: delivered', async () => {
    const burst = await Promise.all(Array.from({ length: 20 }, accept));
    await api.kill9();
    for (const id of burst) await eventually(() => completed(id), { what: `delivery ${id}` });
    api = await platform.api();
    expect(await platform.counts()).toEqual({ completed: 21 });
  });
});
