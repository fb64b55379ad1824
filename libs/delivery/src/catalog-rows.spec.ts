import { EndpointDirectory } from '@breakwater/manifest';
import { newId } from '@breakwater/platform';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { rounds } from '@breakwater/testing/rounds.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AcceptDelivery } from './accept/accept-delivery.service.js';

/** Rows ever inserted into the catalogs of tables (temporary ones included) and of their columns. */
const CATALOG_ROWS = `
SELECT sum(n_tup_ins)::int AS rows FROM pg_stat_sys_tables
WHERE relid IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_attribute'::regclass)`;
/** Sessions of the product: those of this spec have no name. */
const SESSIONS = `
SELECT count(*)::int AS count FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> ''`;

describe('deliveries with the queue on PostgreSQL', () => {
  let world: EngineWorld;
  let appId: string;

  beforeAll(async () => {
    world = await startWorld({ redisUrl: null });
    const retry = { initialDelayMs: 100, jitter: 0 };
    const circuitBreaker = { failureThreshold: 100 };
    const steady = world.receiver.on('/steady');
    const flaky = world.receiver.on('/flaky', ({ headers }) => ({
      status: headers['x-retry-attempt'] === '1' ? 503 : 200,
    }));
    ({ appId } = await world.register({
      steady: { url: steady, async: true },
      flaky: { url: flaky, async: true, retry, circuitBreaker },
    }));
    await world.engine.stop();
  });
  afterAll(() => world.stop());

  /**
   * A job that is added alone gets its id from the queue's sequence, and the first one creates it. Jobs that are added
   * together have ids of their own: on a busy machine that is all jobs of a short run.
   */
  const addAloneOnce = async (): Promise<void> => {
    const engine = await world.startEngine({ consume: false, sweep: false });
    expect(await engine.queue.add([{ deliveryId: newId() }])).toBe(true);
    await engine.stop();
  };
  /** PostgreSQL counts the catalog rows of a session at the latest when it ends. */
  const catalogRows = async (): Promise<number> => {
    const haveEnded = async (): Promise<boolean> =>
      (await world.rows<{ count: number }>(SESSIONS))[0]!.count === 0;
    await eventually(haveEnded, { what: 'all sessions ended' });
    return (await world.rows<{ rows: number }>(CATALOG_ROWS))[0]!.rows;
  };
  /** Runs in a process of its own, which has ended when this resolves. */
  const deliver = async (count: number): Promise<void> => {
    const engine = await world.startEngine({ env: { QUEUE_CONCURRENCY: '40' } });
    const accept = async (index: number): Promise<string> => {
      const endpoint = await engine.get(EndpointDirectory).find(appId, index % 5 === 0 ? 'flaky' : 'steady');
      const { deliveryId } = await engine.get(AcceptDelivery).accept({
        endpoint: endpoint!,
        kind: 'invocation',
        requestId: newId(),
        body: Buffer.from('{}'),
        contentType: 'application/json',
      });
      return deliveryId;
    };
    const ids: string[] = [];
    for (let from = 0; from < count; from += 20) {
      const indexes = Array.from({ length: Math.min(20, count - from) }, (_, index) => from + index);
      ids.push(...(await Promise.all(indexes.map(accept))));
    }
    const sql = `SELECT count(*)::int FROM deliveries WHERE id = ANY($1::uuid[]) AND status = 'completed'`;
    const isOver = async (): Promise<boolean> =>
      (await world.rows<{ count: number }>(sql, ids))[0]!.count === count;
    await eventually(isOver, { limitMs: 150_000, what: `${count} delivered` });
    await engine.stop();
  };

  it('leave no rows behind in the system catalogs', { timeout: 240_000 }, async () => {
    await addAloneOnce();
    await deliver(20);
    const before = await catalogRows();
    await deliver(rounds(200, 1_000));
    expect((await catalogRows()) - before).toBe(0);
  });
});
