import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { rounds } from '@breakwater/testing/rounds.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { pick, randomOf } from './random.js';
import { faultyEnv, type Faults, type KillPoint } from './rig.js';

/**
 * Statements of the first publish of a process: it reads the types of events and the subscriptions, then it stores the
 * event with its deliveries.
 */
const STATEMENTS = 3;
const SUBSCRIBED = ['one', 'two', 'three'];
const FAN_OUT_POINTS: KillPoint[] = ['before_fan_out_step', 'after_fan_out_step'];
/** Subscriptions that are called; the others are paused, so that their deliveries cost no calls. */
const CALLED = 20;

/** As many subscriptions as the API allows in many requests, in one statement. */
const SUBSCRIBE = `
WITH given AS MATERIALIZED (
  SELECT n, gen_random_uuid() AS id FROM generate_series(1, $3::integer) AS n
), made AS (
  INSERT INTO endpoints (id, app_id, capability, kind, async, url, timeout_ms, paused_at, paused_by)
  SELECT id, $1, 'endpoint:' || id, 'subscription', true, $2 || n, 1000,
    CASE WHEN n > ${CALLED} THEN now() END, CASE WHEN n > ${CALLED} THEN 'test' END
  FROM given
)
INSERT INTO subscriptions (endpoint_id, app_id, name, events, managed_by)
SELECT id, $1, 's' || n, ARRAY['many.*'], 'rest' FROM given`;

describe('an event', () => {
  let platform: Platform;
  let healthy: HttpClient;
  const workers: Role[] = [];
  beforeAll(async () => {
    platform = await Platform.start({ env: { DELIVERY_LEASE_MARGIN: '500' } });
    healthy = platform.client(await platform.api());
  });
  afterEach(async () => {
    const running = workers.splice(0).filter(({ isRunning }) => isRunning);
    await Promise.all(running.map((worker) => worker.kill9()));
  });
  afterAll(async () => platform?.stop());

  const api = async (faults: Faults): Promise<Role> => platform.api(faultyEnv(faults));
  const worker = async (faults?: Faults): Promise<Role> => {
    const started = faults ? await platform.doomedWorker(faultyEnv(faults)) : await platform.worker();
    workers.push(started);
    return started;
  };
  const register = async (subscriptions: Record<string, object>): Promise<string> => {
    const appId = `app-${randomUUID()}`;
    const about = { name: 'Shop', ownerEmail: 'owner@example.com', baseUrl: platform.receiver.url };
    const manifest = { ...about, webhooks: {}, subscriptions };
    const answer = await healthy.put(`/api/v1/admin/apps/${appId}/manifest`, manifest);
    expect(answer.status, answer.text).toBe(200);
    return appId;
  };
  const subscribed = async (): Promise<string> =>
    register(Object.fromEntries(SUBSCRIBED.map((name) => [name, { url: `/${name}`, events: ['order.*'] }])));
  const order = (appId: string) => ({
    appId,
    type: 'order.created',
    payload: { of: appId },
    idempotencyKey: 'order-1',
  });

  /** What is stored of the events of an app: all of one event, or nothing. */
  const stored = async (appId: string): Promise<{ events: number; keys: number; deliveries: number }> => {
    const sql = `SELECT (SELECT count(*) FROM events WHERE app_id = $1)::int AS events,
      (SELECT count(*) FROM event_keys WHERE scope = $1)::int AS keys,
      (SELECT count(*) FROM deliveries WHERE app_id = $1)::int AS deliveries`;
    return (await platform.rows<{ events: number; keys: number; deliveries: number }>(sql, appId))[0]!;
  };
  const NOTHING = { events: 0, keys: 0, deliveries: 0 };
  const ALL = { events: 1, keys: 1, deliveries: SUBSCRIBED.length };

  /** The publisher, who got no answer, publishes again: each subscription gets one delivery. */
  const isPublishedOnceAgain = async (appId: string): Promise<void> => {
    const again = await healthy.post('/api/v1/events', order(appId));
    expect(again.status, again.text).toBe(202);
    expect(await stored(appId)).toEqual(ALL);
    // As if the time had passed after which a wake-up that was never sent counts as lost.
    await platform.rows(
      `UPDATE deliveries SET enqueued_at = now() - interval '16 s', next_attempt_at = now() - interval '16 s'
       WHERE app_id = $1 AND enqueued_at IS NOT NULL`,
      appId,
    );
    const isOver = async (): Promise<boolean> =>
      (await platform.rows(`SELECT 1 FROM deliveries WHERE app_id = $1 AND status = 'completed'`, appId))
        .length === SUBSCRIBED.length;
    await eventually(isOver, { limitMs: 60_000, what: 'all delivered' });
    const body = JSON.stringify({ of: appId });
    for (const name of SUBSCRIBED) {
      const calls = platform.receiver.callsTo(`/${name}`).filter((call) => call.body.toString() === body);
      expect(calls, name).toHaveLength(1);
    }
  };

  describe('being published', () => {
    let deliverer: Role;
    beforeAll(async () => {
      deliverer = await platform.worker();
    });
    afterAll(async () => deliverer?.kill9());

    it.each<['before' | 'after', number, object]>([
      ['before', 1, NOTHING],
      ['before', 2, NOTHING],
      ['before', STATEMENTS, NOTHING],
      ['after', STATEMENTS, ALL],
    ])(
      'whose api is killed %s statement %i of its publishing is stored whole or not at all',
      async (when, statement, expected) => {
        const appId = await subscribed();
        const doomed = await api({ killInPublish: { statement, when } });
        const answer = platform.client(doomed).post('/api/v1/events', order(appId));
        await expect(answer).rejects.toThrow(/socket hang up|ECONNRESET/);
        await doomed.end();
        expect(await stored(appId)).toEqual(expected);
        await isPublishedOnceAgain(appId);
      },
    );

    it('whose api is killed while PostgreSQL stores it is stored whole or not at all', async () => {
      const doomed = await api({ killInPublish: { statement: STATEMENTS + 1, when: 'before' } });
      const published = await platform.client(doomed).post('/api/v1/events', order(await subscribed()));
      expect(published.status, 'a publish has no further statement').toBe(202);
      const appId = await subscribed();
      const lock = await platform.db.connect();
      try {
        await lock.query('BEGIN');
        await lock.query('LOCK TABLE deliveries IN EXCLUSIVE MODE');
        const answer = platform
          .client(doomed)
          .post('/api/v1/events', order(appId))
          .catch(() => null);
        const waiting = `SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid)
          WHERE l.relation = 'deliveries'::regclass AND NOT l.granted AND a.query LIKE '%WITH event AS MATERIALIZED%'`;
        await eventually(async () => (await platform.rows(waiting)).length > 0, { what: 'a waiting insert' });
        await doomed.kill9();
        expect(await answer).toBeNull();
      } finally {
        await lock.query('ROLLBACK');
        lock.release();
      }
      // PostgreSQL may still be at it: a later publish with the same key waits for its end.
      await isPublishedOnceAgain(appId);
    });
  });

  it(
    'is delivered once to each of many subscriptions, though workers are killed in its fan-out',
    { timeout: rounds(120_000, 600_000) },
    async () => {
      const random = randomOf(18);
      // In each common run more than what three workers make before they are killed.
      const count = rounds(4_300, 10_000);
      const appId = await register({});
      await platform.rows(SUBSCRIBE, appId, `${platform.receiver.url}/many-`, count);
      const answer = await healthy.post('/api/v1/events', { appId, type: 'many.a', payload: {} });
      expect(answer).toMatchObject({ status: 202, json: { status: 'accepted', deliveries: null } });
      const id = answer.json.eventId as string;
      const event = async (): Promise<{ isOver: boolean; deliveries: number }> =>
        (
          await platform.rows<{ isOver: boolean; deliveries: number }>(
            'SELECT fan_out_at IS NULL AS "isOver", deliveries FROM events WHERE id = $1',
            id,
          )
        )[0]!;
      expect(await event()).toEqual({ isOver: false, deliveries: 1_000 });
      /** As if the lease of 10 s were over: workers also take the event from each other. */
      const endLease = `UPDATE events SET fan_out_at = now() WHERE id = $1 AND fan_out_at IS NOT NULL`;
      let killed = 0;
      for (let round = 0; round < rounds(1, 6) && !(await event()).isOver; round++) {
        const plans = Array.from({ length: 3 }, () => ({
          kill: { [pick(FAN_OUT_POINTS, random)]: round === 0 ? 1 : 1 + Math.floor(random() * 2) },
        }));
        const doomed = await Promise.all(plans.map((faults) => worker(faults)));
        await eventually(
          async () => {
            await platform.rows(endLease, id);
            return doomed.every(({ isRunning }) => !isRunning) || (await event()).isOver;
          },
          { limitMs: 60_000, what: 'workers killed' },
        );
        killed += doomed.filter(({ isRunning }) => !isRunning).length;
      }
      expect(killed).toBeGreaterThanOrEqual(3);
      await platform.rows(endLease, id);
      await worker();
      await eventually(async () => (await event()).isOver, { limitMs: 60_000, what: 'all deliveries made' });
      const made = await platform.rows<{ rows: number; endpoints: number }>(
        `SELECT count(*)::int AS rows, count(DISTINCT endpoint_id)::int AS endpoints FROM deliveries WHERE event_id = $1`,
        id,
      );
      expect(made).toEqual([{ rows: count, endpoints: count }]);
      expect((await event()).deliveries).toBe(count);
      const open = `SELECT 1 FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id
      WHERE d.event_id = $1 AND d.status <> 'completed' AND e.hold IS NULL`;
      await eventually(async () => (await platform.rows(open, id)).length === 0, {
        limitMs: 90_000,
        everyMs: 200,
        what: 'all delivered that are not paused',
      });
      for (let n = 1; n <= CALLED; n++) {
        const calls = platform.receiver.callsTo(`/many-${n}`);
        expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      }
    },
  );
});
