import { Holds, type HoldActor } from '@breakwater/manifest';
import { startWorld, type Engine, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeadLetters } from '../dead-letters/dead-letters.service.js';
import { Deliveries } from '../deliveries/deliveries.service.js';
import { QueueStatisticsReader } from '../deliveries/queue-statistics.store.js';

const admin: HoldActor = { name: 'ops', isPlatform: true };

/** Deliveries of apps and endpoints that are paused or disabled. */
export function holdsSuite(redisUrl: string | null): void {
  describe('a paused or disabled endpoint', () => {
    let world: EngineWorld;
    let holds: Holds;
    let deliveries: Deliveries;
    let letters: DeadLetters;
    let other: Engine;
    let paths = 0;
    beforeAll(async () => {
      world = await startWorld({ redisUrl });
      // One process takes the requests of people, another one works.
      other = await world.startEngine({ consume: false, sweep: false });
      [holds, deliveries, letters] = [other.get(Holds), other.get(Deliveries), other.get(DeadLetters)];
    });
    afterAll(() => world.stop());

    interface App {
      appId: string;
      path: string;
      answer(status: number): void;
    }
    const app = async (webhook: object = {}, status = 200): Promise<App> => {
      const path = `/holds-${++paths}`;
      let answer = status;
      const url = world.receiver.on(path, () => ({ status: answer }));
      const { appId } = await world.register({
        job: { url, async: true, retry: { initialDelayMs: 10, maxAttempts: 2 }, ...webhook },
        other: { url: `${url}-other`, async: true },
      });
      return { appId, path, answer: (next) => (answer = next) };
    };
    const accept = async ({ appId }: App, count = 1): Promise<string[]> =>
      Promise.all(Array.from({ length: count }, () => world.accept(appId, 'job')));
    const is = async (ids: string[], status: string): Promise<unknown> =>
      eventually(async () => {
        const rows = await world.rows(
          'SELECT 1 FROM deliveries WHERE id = ANY ($1) AND status = $2',
          ids,
          status,
        );
        return rows.length === ids.length;
      });
    const calls = ({ path }: App): number => world.receiver.callsTo(path).length;
    const sweeps = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) await eventually(() => world.engine.sweeper.sweep());
    };
    /** Everything that could wake it has run. */
    const isLeftAlone = async (ids: string[]): Promise<void> => {
      await sweeps(2);
      for (const id of ids) await world.engine.attempt.execute({ deliveryId: id });
      const rows = await world.rows(
        `SELECT 1 FROM deliveries WHERE id = ANY ($1) AND status = 'pending' AND claims = 0 AND enqueued_at IS NULL`,
        ids,
      );
      expect(rows).toHaveLength(ids.length);
    };

    it.each<[string, (app: App) => Promise<unknown>, (app: App) => Promise<unknown>]>([
      [
        'app',
        ({ appId }) => holds.pauseApp(appId, 'work', admin),
        ({ appId }) => holds.resumeApp(appId, admin),
      ],
      [
        'capability',
        ({ appId }) => holds.pause(appId, 'job', 'work', admin),
        ({ appId }) => holds.resume(appId, 'job', admin),
      ],
    ])(
      'lets its deliveries wait while the %s is paused, and a resume wakes them',
      async (_, pause, resume) => {
        const one = await app();
        await pause(one);
        const ids = await accept(one, 30);
        await isLeftAlone(ids);
        expect(calls(one)).toBe(0);
        expect((await deliveries.get(ids[0]!, null)).delivery.waitReason).toBe('paused');
        expect(await other.get(QueueStatisticsReader).read(one.appId)).toMatchObject({
          paused: 30,
          waiting: 0,
          delayed: 0,
        });
        await resume(one);
        await is(ids, 'completed');
        expect(calls(one)).toBe(30);
      },
    );

    it('keeps a retry waiting that becomes due meanwhile', async () => {
      const one = await app({ retry: { initialDelayMs: 300, jitter: 0, maxAttempts: 2 } }, 503);
      const [id] = await accept(one);
      await eventually(() => calls(one) === 1);
      await holds.pause(one.appId, 'job', null, admin);
      await eventually(async () => {
        const [row] = await world.rows(
          'SELECT claim_token IS NULL AND next_attempt_at < now() AS due FROM deliveries WHERE id = $1',
          id,
        );
        return row!['due'];
      });
      await sweeps(2);
      await world.engine.attempt.execute({ deliveryId: id! });
      expect(await world.delivery(id!)).toMatchObject({
        status: 'pending',
        attempts: 1,
        wait_reason: 'paused',
      });
      one.answer(200);
      await holds.resume(one.appId, 'job', admin);
      await is([id!], 'completed');
    });

    it('delays no other endpoint, not even of its app', async () => {
      const one = await app();
      world.receiver.on(`${one.path}-other`);
      await holds.pause(one.appId, 'job', null, admin);
      await accept(one, 20);
      const id = await world.accept(one.appId, 'other');
      await is([id], 'completed');
      expect(calls(one)).toBe(0);
    });

    it('with 100,000 waiting deliveries costs others nothing: no sweep, claim or promotion reads its backlog', async () => {
      const [one, two] = [await app(), await app()];
      await holds.pauseApp(one.appId, null, admin);
      const { id } = await world.endpoint(one.appId, 'job');
      await world.rows(
        `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
           status, next_attempt_at, expires_at)
         SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n), 19, '0'))::uuid,
           $1, $2, 'job', 'invocation', 'async', 'r', '{}', 'application/json', 1000, 'pending', now(), now() + interval '1 day'
         FROM generate_series(1, 100000) n`,
        one.appId,
        id,
      );
      const written = async (): Promise<unknown> =>
        (
          await world.rows(
            'SELECT max(xmin::text::bigint), count(*) FROM deliveries WHERE endpoint_id = $1',
            id,
          )
        )[0];
      const before = await written();
      await sweeps(3);
      const ids = await accept(two, 20);
      await is(ids, 'completed');
      expect(await written()).toEqual(before);
      await world.rows('DELETE FROM deliveries WHERE endpoint_id = $1', id);
    });

    it('stays paused while either it or its app is paused', async () => {
      const one = await app();
      const { appId } = one;
      await holds.pauseApp(appId, null, admin);
      await holds.pause(appId, 'job', null, admin);
      const ids = await accept(one, 3);
      await holds.resumeApp(appId, admin);
      await isLeftAlone(ids);
      await holds.resume(appId, 'job', admin);
      await is(ids, 'completed');
      expect(calls(one)).toBe(3);
    });

    it('does not age its deliveries while it is paused', async () => {
      const one = await app();
      const { appId } = one;
      const ageMs = async (id: string): Promise<number> => {
        const [row] = await world.rows<{ ms: number }>(
          `SELECT extract(epoch FROM d.expires_at - age_clock(e.age_stopped_ms, e.age_stopped_at))::float8 * 1000 AS ms
           FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id WHERE d.id = $1`,
          id,
        );
        return row!.ms;
      };
      await holds.pause(appId, 'job', null, admin);
      const [early] = await accept(one);
      // a pause of ten days
      await world.rows(
        `UPDATE endpoints SET age_stopped_at = now() - interval '10 days' WHERE app_id = $1`,
        appId,
      );
      const [late] = await accept(one);
      const before = [await ageMs(early!), await ageMs(late!)];
      await holds.disable(appId, 'job', 'abuse', admin);
      await sweeps(1);
      expect(await world.delivery(early!)).toMatchObject({ status: 'pending' });
      await holds.resume(appId, 'job', admin);
      const after = [await ageMs(early!), await ageMs(late!)];
      for (const [index, ms] of after.entries()) expect(Math.abs(ms - before[index]!)).toBeLessThan(60_000);
      await holds.enable(appId, 'job', admin);
      await is([early!, late!], 'completed');
      const [clock] = await world.rows(
        `SELECT age_stopped_ms > 863000000 AS kept, age_stopped_at FROM endpoints WHERE app_id = $1 AND capability = 'job'`,
        appId,
      );
      expect(clock).toEqual({ kept: true, age_stopped_at: null });
    });

    it('that is disabled keeps its deliveries waiting, and one request enables it again', async () => {
      const one = await app({ concurrency: 1 }, 410);
      world.receiver.on(one.path, async ({ number }) => ({ status: number === 1 ? 410 : 200 }));
      const ids = await accept(one, 6);
      await eventually(async () => {
        const rows = await world.rows(
          `SELECT 1 FROM deliveries WHERE id = ANY ($1) AND status = 'dead_letter'`,
          ids,
        );
        return rows.length === 1;
      });
      const waiting = (
        await world.rows<{ id: string }>(
          `SELECT id FROM deliveries WHERE id = ANY ($1) AND status = 'pending'`,
          ids,
        )
      ).map(({ id }) => id);
      expect(waiting).toHaveLength(5);
      await isLeftAlone(waiting);
      expect(calls(one)).toBe(1);
      expect((await deliveries.get(waiting[0]!, null)).delivery.waitReason).toBe('disabled');
      await expect(world.accept(one.appId, 'job')).rejects.toMatchObject({ code: 'ENDPOINT_UNAVAILABLE' });
      expect(await holds.enable(one.appId, 'job', admin)).toMatchObject({
        status: 'active',
        disabledReason: null,
      });
      await is(waiting, 'completed');
    });

    it('of a disabled app keeps its deliveries waiting until the app is active again', async () => {
      const one = await app();
      await holds.pauseApp(one.appId, null, admin);
      const ids = await accept(one, 3);
      await world.rows(`UPDATE apps SET status = 'disabled', disabled_reason = 'x' WHERE id = $1`, one.appId);
      await holds.resumeApp(one.appId, admin);
      await isLeftAlone(ids);
      await world.rows(`UPDATE apps SET status = 'active', disabled_reason = NULL WHERE id = $1`, one.appId);
      await is(ids, 'completed');
      expect(calls(one)).toBe(3);
    });

    it('that stays disabled for longer than DELIVERY_MAX_AGE makes dead letters of its deliveries', async () => {
      const one = await app();
      await holds.pauseApp(one.appId, null, admin);
      const ids = await accept(one, 3);
      await holds.disable(one.appId, 'job', 'no contract', admin);
      await holds.resumeApp(one.appId, admin);
      await world.rows(
        `UPDATE deliveries SET expires_at = now() - interval '1 s' WHERE id = ANY ($1)`,
        ids.slice(1),
      );
      await is(ids.slice(1), 'dead_letter');
      expect(await world.delivery(ids[0]!)).toMatchObject({ status: 'pending' });
      const [letter] = await letters.list({ appId: one.appId }, 1);
      expect(letter).toMatchObject({
        reason: 'endpoint_disabled',
        category: 'RETRYABLE',
        attempts: 0,
        error: 'its endpoint stayed disabled for too long: no contract',
      });
      const id = letter!.deliveryId;
      const closed = {
        code: 'ENDPOINT_UNAVAILABLE',
        message: expect.stringContaining(`enable it (breakwater enable ${one.appId} job)`),
      };
      await expect(letters.retry(letter!.id, 'ops')).rejects.toMatchObject(closed);
      await expect(deliveries.redeliver(id, one.appId, 'ops')).rejects.toMatchObject(closed);
      expect(await letters.retryAll({ appId: one.appId }, 'ops', true)).toBe(0);
      expect(await letters.retryAll({ appId: one.appId }, 'ops', false)).toBe(0);
      await holds.enable(one.appId, 'job', admin);
      expect(await letters.retryAll({ appId: one.appId }, 'ops', false)).toBe(2);
      await is(ids, 'completed');
    });

    it('that its manifest no longer names, or whose app is disabled or deleted, refuses a redelivery', async () => {
      const one = await app();
      const [id] = await accept(one);
      await is([id!], 'completed');
      const refusal = async (): Promise<unknown> =>
        deliveries.redeliver(id!, null, 'ops').catch((error: Error) => error.message);
      await world.rows(`UPDATE endpoints SET status = 'removed' WHERE app_id = $1`, one.appId);
      expect(await refusal()).toContain('no longer names "job"');
      await world.rows(`UPDATE endpoints SET status = 'active' WHERE app_id = $1`, one.appId);
      await world.rows(
        `UPDATE apps SET status = 'disabled', disabled_reason = 'abuse' WHERE id = $1`,
        one.appId,
      );
      expect(await refusal()).toContain('is disabled (abuse); enable it (breakwater enable ');
      await world.rows('DELETE FROM apps WHERE id = $1', one.appId);
      expect(await refusal()).toContain('its app was deleted');
    });

    it('accepts a redelivery while it is paused, and keeps it waiting', async () => {
      const one = await app();
      const [id] = await accept(one);
      await is([id!], 'completed');
      await holds.pause(one.appId, 'job', null, admin);
      await deliveries.redeliver(id!, one.appId, 'ops');
      await isLeftAlone([id!]);
      expect(calls(one)).toBe(1);
      await holds.resume(one.appId, 'job', admin);
      await eventually(() => calls(one) === 2);
    });

    it('cancels waiting deliveries by filter, and counts them before', async () => {
      const [one, two] = [await app(), await app()];
      for (const { appId } of [one, two]) await holds.pauseApp(appId, null, admin);
      const [ids, others] = [await accept(one, 1005), await accept(two, 2)];
      const filter = { appId: one.appId };
      const cancel = (part: object, dryRun: boolean, as: string | null = null): Promise<number> =>
        deliveries.cancelAll({ filter: { ...filter, ...part }, dryRun }, as, 'ops');
      expect(await cancel({}, true)).toBe(1005);
      for (const part of [{ capability: 'other' }, { eventType: 'x' }, { minAgeMs: 60_000 }])
        expect(await cancel(part, false)).toBe(0);
      await world.rows(`UPDATE deliveries SET created_at = now() - interval '1 hour' WHERE id = $1`, ids[0]);
      expect(await cancel({ minAgeMs: 1_800_000 }, true)).toBe(1);
      expect(await cancel({ maxAgeMs: 1_800_000 }, true)).toBe(1004);
      // A request with an app's key cancels deliveries of that app only, whatever app it names.
      expect(await cancel({}, true, two.appId)).toBe(2);
      expect(await cancel({ capability: 'job', maxAgeMs: 1_800_000 }, false, one.appId)).toBe(1004);
      expect(await cancel({}, false)).toBe(1);
      expect(await cancel({}, false)).toBe(0);
      expect(await world.delivery(others[0]!)).toMatchObject({ status: 'pending' });
      const { delivery, timeline } = await deliveries.get(ids[1]!, null);
      expect(delivery).toMatchObject({ status: 'cancelled', waitReason: null });
      expect(timeline.find(({ kind }) => kind === 'cancelled')!.detail).toEqual({ actor: 'ops' });
    });
  });
}
