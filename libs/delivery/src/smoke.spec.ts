import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startWorld, type World } from '../../../test/support/engine.js';
import { eventually } from '../../../test/support/eventually.js';
for (const backend of ['pg', 'redis'])
describe(backend, () => {
  let w: World;
  beforeAll(async () => { w = await startWorld({ redisUrl: backend === 'redis' ? inject('redisUrl') : null, sweep: false }); });
  afterAll(() => w.stop());
  it('delivers', async () => {
    const url = w.receiver.on('/a', ({number}) => ({ status: number < 3 ? 500 : 200 }));
    const { appId } = await w.register({ job: { url, async: true, retry: { initialDelayMs: 100 } } });
    const t = performance.now();
    const id = await w.accept(appId, 'job', '{"a":1}');
    await eventually(async () => (await w.delivery(id)).status === 'completed');
    console.log(performance.now() - t, w.receiver.gapsOf('/a'), w.receiver.callsTo('/a')[0]!.headers);
    expect(await w.attempts(id)).toHaveLength(3);
  });
  it('early wakes', async () => {
    const url = w.receiver.on('/b', ({number}) => ({ status: 500 }));
    const { appId } = await w.register({ job: { url, async: true, retry: { initialDelayMs: 50, jitter: 0, multiplier: 1, maxAttempts: 6 }, circuitBreaker: { failureThreshold: 1000 } } });
    const ids = await Promise.all(Array.from({length: 30}, () => w.accept(appId, 'job')));
    await eventually(async () => (await w.rows(`SELECT status, count(*) FROM deliveries WHERE app_id = $1 GROUP BY 1`, appId)).every((r: any) => r.status === 'dead_letter'), { limitMs: 20000 }).catch((e) => console.log('STALL', e.message));
    console.log(await w.rows(`SELECT status, count(*), min(next_attempt_at - now()) FROM deliveries WHERE app_id = $1 GROUP BY 1`, appId), w.engine.handled());
  });
});
