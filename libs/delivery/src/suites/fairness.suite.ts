import { CircuitBreakers } from '@breakwater/circuit-breaker';
import { startWorld, type Engine, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import type { ReceivedCall, Reply } from '@breakwater/testing/receiver.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REST_MS, WindowStore } from '../attempt/window.store.js';

const PENDING = `SELECT 1 FROM deliveries WHERE app_id = $1 AND status = 'pending'`;
const PARKED = `${PENDING} AND enqueued_at IS NULL`;

/** Limits of one endpoint over two processes, and endpoints that share a worker. */
export function fairnessSuite(redisUrl: string | null): void {
  describe('two workers and an endpoint', () => {
    let world: EngineWorld;
    let second: Engine;
    let paths = 0;
    beforeAll(async () => {
      world = await startWorld({ redisUrl, env: { QUEUE_CONCURRENCY: '20' } });
      second = await world.startEngine({ env: { QUEUE_CONCURRENCY: '20' } });
    });
    afterAll(() => world.stop());

    const newPath = (): string => `/fair-${++paths}`;
    const left = async (appId: string): Promise<number> =>
      (
        await world.rows<{ count: number }>(
          `SELECT count(*) FROM deliveries WHERE app_id = $1 AND status = 'pending'`,
          appId,
        )
      )[0]!.count;
    const settled = async (appId: string): Promise<boolean> =>
      eventually(async () => (await left(appId)) === 0, { limitMs: 30_000, what: 'all ended' });
    const acceptMany = async (appId: string, count: number): Promise<string[]> =>
      Promise.all(Array.from({ length: count }, (_, n) => world.accept(appId, 'job', String(n))));
    const statuses = async (appId: string): Promise<object> =>
      Object.fromEntries(
        (
          await world.rows<{ status: string; count: number }>(
            'SELECT status, count(*) FROM deliveries WHERE app_id = $1 GROUP BY 1',
            appId,
          )
        ).map(({ status, count }) => [status, count]),
      );
    const widthOf = async (appId: string): Promise<number> =>
      (await world.rows<{ width: number }>('SELECT width FROM endpoints WHERE app_id = $1', appId))[0]!.width;

    it('with a limit of 5 a second start no 6th within any second', async () => {
      const path = newPath();
      const { appId } = await world.register({
        job: { url: world.receiver.on(path), async: true, rateLimitPerSecond: 5 },
      });
      await acceptMany(appId, 15);
      await settled(appId);
      const starts = (
        await world.rows<{ at: number }>(
          'SELECT extract(epoch FROM started_at)::float8 * 1000 AS at FROM attempts WHERE app_id = $1 ORDER BY 1',
          appId,
        )
      ).map(({ at }) => at);
      expect(starts).toHaveLength(15);
      for (const from of starts)
        expect(starts.filter((at) => at >= from && at < from + 999.5).length).toBeLessThanOrEqual(5);
      expect(await statuses(appId)).toEqual({ completed: 15 });
    });

    it('with a concurrency of 3 make 3 calls at once and never a 4th', async () => {
      const path = newPath();
      // The first calls are answered when there are three of them, however slow the machine is.
      const first: ((reply: Reply) => void)[] = [];
      const url = world.receiver.on(path, ({ number }) => {
        if (number > 3) return later({}, 40);
        return new Promise<Reply>((resolve) => {
          first.push(resolve);
          if (first.length === 3) for (const answer of first) answer({});
        });
      });
      const { appId } = await world.register({ job: { url, async: true, concurrency: 3 } });
      const before = [world.engine.handled(), second.handled()];
      const bothTookPart = (): boolean =>
        world.engine.handled() > before[0]! && second.handled() > before[1]!;
      let accepted = 0;
      for (; accepted === 0 || (accepted < 400 && !bothTookPart()); accepted += 40) {
        await acceptMany(appId, 40);
        await settled(appId);
      }
      expect(bothTookPart()).toBe(true);
      expect(world.receiver.mostAtOnce(path)).toBe(3);
      expect(world.receiver.callsTo(path)).toHaveLength(accepted);
    });

    it('that is ordered keep the order while its head fails once', async () => {
      const path = newPath();
      const url = world.receiver.on(path, ({ number }) => later({ status: number === 1 ? 503 : 200 }, 5));
      const { appId } = await world.register({
        job: { url, async: true, ordered: true, retry: { initialDelayMs: 150 } },
      });
      for (let n = 0; n < 12; n++) await world.accept(appId, 'job', String(n));
      await settled(appId);
      expect(world.receiver.callsTo(path).map(({ body }) => body.toString())).toEqual([
        '0',
        ...Array.from({ length: 12 }, (_, n) => String(n)),
      ]);
      expect(world.receiver.mostAtOnce(path)).toBe(1);
    });

    it('widen after trouble from 1 call to 2, 4 and 8', async () => {
      const path = newPath();
      const held: ((reply: Reply) => void)[] = [];
      let failing = true;
      const url = world.receiver.on(path, () =>
        failing ? { status: 500 } : new Promise<Reply>((resolve) => held.push(resolve)),
      );
      const { appId } = await world.register({
        job: {
          url,
          async: true,
          concurrency: 8,
          retry: { initialDelayMs: 10 },
          circuitBreaker: { failureThreshold: 1, recoveryTimeoutMs: 1000, successThreshold: 1 },
        },
      });
      await acceptMany(appId, 40);
      // Until both processes know that it is open and the calls in progress have ended, one more call may be
      // sent.
      await eventually(
        async () =>
          (await widthOf(appId)) === 1 &&
          [world.engine, second].every(
            (engine) => engine.get(CircuitBreakers).stateOf({ appId, capability: 'job' }) === 'open',
          ) &&
          (await world.rows('SELECT 1 FROM deliveries WHERE app_id = $1 AND claim_token IS NOT NULL', appId))
            .length === 0,
        { what: 'open and narrowed to one', everyMs: 5 },
      );
      failing = false;
      for (const atOnce of [1, 2, 4, 8]) {
        await eventually(() => held.length >= atOnce, { what: `${atOnce} calls at once` });
        expect(held).toHaveLength(atOnce);
        expect(await widthOf(appId)).toBe(atOnce);
        for (const answer of held.splice(0)) answer({});
      }
      world.receiver.on(path);
      await eventually(() => {
        for (const answer of held.splice(0)) answer({});
        return left(appId).then((count) => count === 0);
      });
      expect(world.receiver.mostAtOnce(path)).toBeLessThanOrEqual(8);
    });

    it('halve its width once for a round that meets trouble', async () => {
      const path = newPath();
      const held: ((reply: Reply) => void)[] = [];
      const url = world.receiver.on(path, ({ number }: ReceivedCall) =>
        number <= 8 ? new Promise<Reply>((resolve) => held.push(resolve)) : later({}, 500),
      );
      const { appId } = await world.register({
        job: {
          url,
          async: true,
          concurrency: 8,
          retry: { initialDelayMs: 10 },
          circuitBreaker: { failureThreshold: 100 },
        },
      });
      await acceptMany(appId, 8);
      await eventually(() => held.length === 8);
      for (const answer of held.splice(0)) answer({ status: 503 });
      await eventually(async () => (await widthOf(appId)) < 8);
      expect(await widthOf(appId)).toBe(4);
      await settled(appId);
    });

    it('rest between calls that fail one after another', async () => {
      const { promise: allWait, resolve: begin } = Promise.withResolvers<void>();
      const url = world.receiver.on(newPath(), () => allWait.then(() => ({ status: 500 })));
      const { appId } = await world.register({
        job: {
          url,
          async: true,
          concurrency: 1,
          retry: { maxAttempts: 1 },
          circuitBreaker: { failureThreshold: 100 },
        },
      });
      await acceptMany(appId, 8);
      const parked = `SELECT 1 FROM deliveries WHERE app_id = $1 AND enqueued_at IS NULL`;
      await eventually(async () => (await world.rows(parked, appId)).length === 7);
      begin();
      await settled(appId);
      // Only where the last two before it failed within a second: on a slow machine they take longer, and
      // there is no rest.
      const rested = await world.rows<{ ms: number }>(
        `SELECT 1000 * extract(epoch FROM started_at - last)::float8 AS ms FROM (
           SELECT started_at, lag(started_at) OVER times AS last, lag(started_at, 2) OVER times AS last_but_one
           FROM attempts WHERE app_id = $1 WINDOW times AS (ORDER BY started_at)) AS t
         WHERE started_at < last_but_one + interval '1 second'`,
        appId,
      );
      // The other worker may claim between the end of a call and the rest that follows from it: then there is none.
      expect(rested.filter(({ ms }) => ms < REST_MS).length).toBeLessThanOrEqual(rested.length / 3);
      expect(await statuses(appId)).toEqual({ dead_letter: 8 });
    });

    it.each([
      ['rests after repeated trouble', `clock_timestamp() + interval '30 minutes'`, true],
      ['does not rest after trouble an hour later', `clock_timestamp() - interval '1 hour'`, false],
      ['does not rest after its first trouble', 'NULL', false],
    ])('%s', async (_, narrowedAt, rests) => {
      const { appId } = await world.register({
        job: { url: world.receiver.on(newPath()), async: true, concurrency: 1 },
      });
      const { id: endpointId } = await world.endpoint(appId, 'job');
      await world.rows(`UPDATE endpoints SET narrowed_at = ${narrowedAt} WHERE id = $1`, endpointId);
      // The call began after the previous trouble.
      const startedAt = new Date(Date.now() + 3_600_000);
      await world.engine.get(WindowStore).adjust({ endpointId, trouble: true, startedAt });
      const sql = `SELECT next_start_at > narrowed_at AS rests FROM endpoints WHERE id = $1`;
      const [row] = await world.rows<{ rests: boolean | null }>(sql, endpointId);
      expect(row!.rests ?? false).toBe(rests);
    });

    it('with a backlog of 200 keep only a few wake-ups in the window', async () => {
      const path = newPath();
      const url = world.receiver.on(path, () => later({}, 3));
      const { appId } = await world.register({ job: { url, async: true, concurrency: 2 } });
      let mostAwake = 0;
      let mostJobs = 0;
      const watching = new AbortController();
      const watch = (async (): Promise<void> => {
        while (!watching.signal.aborted) {
          const [row] = await world.rows<{ awake: number }>(
            `SELECT count(*) AS awake FROM deliveries WHERE app_id = $1 AND status = 'pending' AND enqueued_at IS NOT NULL`,
            appId,
          );
          mostAwake = Math.max(mostAwake, row!.awake);
          const { waiting = 0, active = 0, delayed = 0 } = await world.engine.queue.counts();
          mostJobs = Math.max(mostJobs, waiting + active + delayed);
        }
      })();
      for (let round = 0; round < 10; round++) await acceptMany(appId, 20);
      await settled(appId);
      watching.abort();
      await watch;
      expect(mostAwake).toBeGreaterThan(0);
      // 4, and each of the 5 that fill the window at the same time may add as many.
      expect(mostAwake).toBeLessThanOrEqual(20);
      expect(mostJobs).toBeLessThanOrEqual(20);
      expect(world.receiver.callsTo(path)).toHaveLength(200);
      expect(world.receiver.mostAtOnce(path)).toBe(2);
    });

    it('serve it while another endpoint hangs with 300 deliveries, and wait for none of those', async () => {
      const [dead, healthy] = [newPath(), newPath()];
      const { appId: deadApp } = await world.register({
        job: { url: world.receiver.on(dead, 'hang'), async: true, timeout: 60_000 },
      });
      const { appId } = await world.register({ job: { url: world.receiver.on(healthy), async: true } });
      await acceptMany(deadApp, 300);
      await eventually(() => world.receiver.callsTo(dead).length >= 5);
      for (let n = 0; n < 20; n++) {
        await world.accept(appId, 'job');
        await eventually(() => world.receiver.callsTo(healthy).length === n + 1, { everyMs: 2 });
      }
      // No call of the dead endpoint has ended meanwhile.
      expect(await world.rows('SELECT 1 FROM attempts WHERE app_id = $1', deadApp)).toEqual([]);
      await world.rows(
        `UPDATE deliveries SET status = 'cancelled', finished_at = now(), next_attempt_at = NULL, enqueued_at = NULL WHERE app_id = $1 AND status = 'pending' AND claim_token IS NULL`,
        deadApp,
      );
    });
  });

  describe('a single worker for an app, without a sweeper', () => {
    let world: EngineWorld;
    beforeAll(async () => {
      world = await startWorld({ redisUrl, env: { QUEUE_CONCURRENCY: '5' }, sweep: false });
    });
    afterAll(() => world.stop());

    it('serves an app while 60 endpoints of another app hang, and waits for none of those', async () => {
      const jobs = Array.from({ length: 60 }, (_, n) => `job${n}`);
      const { promise: released, resolve: release } = Promise.withResolvers<Reply>();
      const hangs = { url: world.receiver.on('/dead', () => released), async: true, timeout: 60_000 };
      const { appId: deadApp } = await world.register(Object.fromEntries(jobs.map((job) => [job, hangs])));
      const { appId } = await world.register({ job: { url: world.receiver.on('/healthy'), async: true } });
      await Promise.all(jobs.map((job) => world.accept(deadApp, job)));
      await Promise.all(jobs.map((job) => world.accept(deadApp, job)));
      await eventually(async () => (await world.rows(PARKED, deadApp)).length === 116);
      expect(await world.rows(`${PARKED} AND wait_reason = 'app_share'`, deadApp)).not.toEqual([]);
      for (let n = 0; n < 20; n++) {
        await world.accept(appId, 'job');
        await eventually(() => world.receiver.callsTo('/healthy').length === n + 1, { everyMs: 2 });
      }
      // All calls of the dead endpoints were in progress, and no more than these.
      expect(world.receiver.callsTo('/dead')).toHaveLength(4);
      expect(await world.rows('SELECT 1 FROM attempts WHERE app_id = $1', deadApp)).toEqual([]);
      release({});
      await eventually(async () => (await world.rows(PENDING, deadApp)).length === 0, { limitMs: 30_000 });
      expect(world.receiver.callsTo('/dead')).toHaveLength(120);
    });

    it.each([
      ['without a rate', {}],
      ['with a rate', { rateLimitPerSecond: 1_000 }],
    ])("continues with deliveries it refused because of the app's share, %s", async (_, limits) => {
      const path = `/refused-${Object.keys(limits).length}`;
      const jobs = Array.from({ length: 30 }, (__, n) => `job${n}`);
      const held: ((reply: Reply) => void)[] = [];
      const url = world.receiver.on(path, () => new Promise<Reply>((resolve) => held.push(resolve)));
      const { appId } = await world.register(
        Object.fromEntries(jobs.map((job) => [job, { url, async: true, timeout: 60_000, ...limits }])),
      );
      await Promise.all(jobs.map((job) => world.accept(appId, job)));
      await eventually(async () => (await world.rows(PARKED, appId)).length === 26);
      expect(held).toHaveLength(4);
      await eventually(async () => {
        for (const answer of held.splice(0)) answer({});
        return (await world.rows(PENDING, appId)).length === 0;
      });
      expect(world.receiver.callsTo(path)).toHaveLength(30);
    });
  });
}

function later(reply: Reply, delayMs: number): Promise<Reply> {
  return new Promise((resolve) => setTimeout(resolve, delayMs, reply));
}
