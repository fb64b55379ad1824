import { randomUUID } from 'node:crypto';
import { SubscriptionInvalidError, SubscriptionNotFoundError } from '@breakwater/manifest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { FilterTest, TESTED_MAX } from './filter-test.service.js';

const DAY_MS = 86_400_000;

describe('a filter test', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await startWorld({ redisUrl: null });
  });
  afterAll(() => world.stop());

  /** Stored events that were fanned out; the payloads are 1, 2, … as `n`. */
  const store = (part: {
    appId: string | null;
    type: string;
    count: number;
    agoMs?: number;
  }): Promise<unknown> =>
    world.rows(
      `INSERT INTO events (id, app_id, type, body, content_type, request_id, created_at, directory_version)
       SELECT new_event_id(at), $1, $2, convert_to(format('{"n":%s}', n), 'UTF8'), 'application/json', 'test', at, 0
       FROM (SELECT n, now() - make_interval(secs => $4::float8 / 1000) AS at FROM generate_series(1, $3::integer) n) numbered`,
      part.appId,
      part.type,
      part.count,
      part.agoMs ?? 1_000,
    );
  const run = (appId: string, changes: { events?: unknown; filter?: unknown }, name = 'ledger') =>
    world.engine.get(FilterTest).run(appId, name, { events: undefined, filter: undefined, ...changes });
  const counts = async (
    appId: string,
    changes: { events?: unknown; filter?: unknown },
  ): Promise<number[]> => {
    const { tested, taken, newlyTaken, noLongerTaken } = await run(appId, changes);
    return [tested, taken.count, newlyTaken.count, noLongerTaken.count];
  };
  const newApp = async (): Promise<string> =>
    (
      await world.register(
        {},
        { ledger: { url: '/ledger', events: ['order.*'], filter: { payload: { n: { $lte: 6 } } } } },
      )
    ).appId;

  it('compares a draft with the subscription, for events of its app and of the platform within 24 hours', async () => {
    const [appId, other] = [await newApp(), await newApp()];
    const platform = `order.platform-${randomUUID()}`;
    await store({ appId, type: 'order.paid', count: 10 });
    await store({ appId, type: 'invoice.paid', count: 2 });
    await store({ appId, type: 'order.paid', count: 4, agoMs: DAY_MS + 60_000 });
    await store({ appId: other, type: 'order.paid', count: 3 });
    expect(await counts(appId, {})).toEqual([12, 6, 0, 0]);
    expect(await counts(appId, { filter: { payload: { n: { $gt: 5 } } } })).toEqual([12, 5, 4, 5]);
    expect(await counts(appId, { filter: null, events: ['invoice.*'] })).toEqual([12, 2, 2, 6]);
    await store({ appId: null, type: platform, count: 1 });
    const report = await run(appId, {});
    expect(report).toMatchObject({ tested: 13, isCut: false, taken: { count: 7 } });
    expect(report.taken.samples).toHaveLength(5);
    expect(report.taken.samples).toContainEqual({
      id: expect.any(String),
      type: platform,
      createdAt: expect.any(Date),
    });
    await world.rows('DELETE FROM events WHERE app_id IS NULL');
  });

  it('refuses a draft that is not valid, and knows no other subscription', async () => {
    const appId = await newApp();
    await expect(run(appId, { filter: { paylod: 1 } })).rejects.toThrow(SubscriptionInvalidError);
    await expect(run(appId, { events: null })).rejects.toThrow(SubscriptionInvalidError);
    await expect(run(appId, {}, 'other')).rejects.toThrow(SubscriptionNotFoundError);
  });

  it('tests the newest 10,000 events, and says if there are more', async () => {
    const appId = await newApp();
    await store({ appId, type: 'order.old', count: 600, agoMs: 60_000 });
    await store({ appId, type: 'order.new', count: TESTED_MAX - 1 });
    const report = await run(appId, { events: ['order.old'], filter: null });
    expect(report).toMatchObject({ tested: TESTED_MAX, isCut: true, noLongerTaken: { count: 6 } });
    expect(report.taken.count).toBeGreaterThan(0);
    expect(report.since.getTime()).toBeGreaterThan(Date.now() - DAY_MS / 2);
  });
});
