import { AppRegistry, EndpointDirectory } from '@breakwater/manifest';
import { caught } from '@breakwater/testing/caught.js';
import { startWorld, type Engine, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Link } from '@breakwater/testing/link.js';
import { wipeQueue } from '@breakwater/testing/wipe-queue.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AcceptDelivery } from '../accept/accept-delivery.service.js';
import { ClaimStore, type Claim } from '../attempt/claim.store.js';
import { FinishStore, type Finish } from '../attempt/finish.store.js';
import { SweepStore } from '../sweep/sweep.store.js';

/** Losses and duplicates, and that they do no harm. */
export function healingSuite(redisUrl: string | null): void {
  describe('a delivery outlives', () => {
    let world: EngineWorld;
    let worker: Engine | undefined;
    let paths = 0;
    // The first engine accepts and never works; a test starts a worker where it needs one.
    beforeAll(async () => {
      world = await startWorld({ redisUrl, consume: false, sweep: false });
    });
    afterAll(() => world.stop());

    const app = async (webhook: object = {}): Promise<{ appId: string; path: string }> => {
      const path = `/healing-${++paths}`;
      const { appId } = await world.register({
        job: { url: world.receiver.on(path), async: true, ...webhook },
      });
      return { appId, path };
    };
    const claim = async (id: string): Promise<Claim> => {
      const claims = world.engine.get(ClaimStore);
      const claimed = await claims.claim(id);
      if (claimed.decision === 'locked') return claim(id); // A statement from before is still running.
      if (claimed.decision !== 'claimed') throw new Error(claimed.decision);
      // A claim that died with its worker takes no capacity of this process.
      claims.callEnded(claimed.claim);
      return claimed.claim;
    };
    const completed = ({ deliveryId, token, endpointId }: Claim): Finish => ({
      deliveryId,
      token,
      endpointId,
      status: 'completed',
      next: 'done',
      delayMs: null,
      dead: null,
      timeoutMs: 1000,
      maxAttempts: 3,
      attempt: {
        counted: true,
        outcome: 'delivered',
        errorClass: null,
        httpStatus: 200,
        error: null,
        durationMs: 1,
        responseHeaders: null,
        responseBody: null,
        truncated: false,
        requestHeaders: null,
      },
    });
    const withWorker = async (work: (worker: Engine) => Promise<void>, sweep = true): Promise<void> => {
      worker = await world.startEngine({ sweep });
      await work(worker);
      await worker.stop();
    };
    const isCompleted = async (id: string): Promise<boolean> =>
      (await world.delivery(id))['status'] === 'completed';
    const expire = (id: string): Promise<unknown> =>
      world.rows(`UPDATE deliveries SET claimed_until = now() - interval '1 second' WHERE id = $1`, id);

    it('an endpoint that could not be read: its claim is given back, and nobody waits for the lease', async () => {
      const { appId, path } = await app();
      await world.endpoint(appId, 'job');
      await withWorker(async () => {
        await world.rows('ALTER TABLE client_certificates RENAME TO client_certificates_away');
        const id = await world.accept(appId, 'job').catch((error: Error) => error);
        const given = async (): Promise<boolean> => {
          const { wait_reason, claim_token, attempts, claims } = await world.delivery(id as string);
          return wait_reason === 'retry' && claim_token === null && attempts === 0 && claims === 0;
        };
        const isGiven = await eventually(given).catch(() => false);
        await world.rows('ALTER TABLE client_certificates_away RENAME TO client_certificates');
        expect([id, isGiven]).toEqual([expect.any(String), true]);
        await eventually(() => isCompleted(id as string));
        expect(await world.delivery(id as string)).toMatchObject({ attempts: 1, claims: 1 });
      }, false);
      expect(world.receiver.callsTo(path)).toHaveLength(1);
    });

    it('the loss of all wake-ups', async () => {
      const { appId, path } = await app();
      const ids = await Promise.all(Array.from({ length: 30 }, () => world.accept(appId, 'job')));
      // Three ids share a job.
      await eventually(
        async () =>
          Object.values(await world.engine.queue.counts()).reduce((sum, count) => sum + count, 0) >= 20 / 3,
      );
      await wipeQueue(world);
      await world.rows(
        `UPDATE deliveries SET enqueued_at = enqueued_at - interval '1 minute', next_attempt_at = next_attempt_at - interval '1 minute'`,
      );
      await withWorker(async () => {
        await eventually(async () => (await Promise.all(ids.map(isCompleted))).every(Boolean), {
          what: 'all completed',
        });
      });
      expect(world.receiver.callsTo(path)).toHaveLength(30);
    });

    it('the loss of all wake-ups but one, without a sweep: the process that ends a call makes the next one', async () => {
      const { appId, path } = await app({ concurrency: 2 });
      const ids = await Promise.all(Array.from({ length: 40 }, () => world.accept(appId, 'job')));
      await wipeQueue(world);
      // As the sweeper leaves them: one is awake, the others are parked.
      await world.rows(
        'UPDATE deliveries SET enqueued_at = NULL WHERE app_id = $1 AND id <> $2 AND enqueued_at IS NOT NULL',
        appId,
        ids[0],
      );
      await world.engine.queue.add([{ deliveryId: ids[0]! }]);
      await withWorker(async () => {
        await eventually(async () => (await Promise.all(ids.map(isCompleted))).every(Boolean), {
          what: 'all completed',
        });
      }, false);
      expect(world.receiver.callsTo(path)).toHaveLength(40);
      expect(world.receiver.mostAtOnce(path)).toBeLessThanOrEqual(2);
    });

    it('the loss of a retry’s wake-up', async () => {
      const { appId, path } = await app({ retry: { initialDelayMs: 300 } });
      world.receiver.on(path, ({ number }) => ({ status: number === 1 ? 500 : 200 }));
      const id = await world.accept(appId, 'job');
      expect(await world.engine.attempt.execute({ deliveryId: id })).toMatchObject({ next: 'retry' });
      await wipeQueue(world);
      await withWorker(() => eventually(() => isCompleted(id)).then(() => undefined));
      expect(world.receiver.callsTo(path)).toHaveLength(2);
    });

    it('the death of its worker: an attempt of unknown result, no budget spent, and a late result changes nothing', async () => {
      const { appId, path } = await app({ retry: { maxAttempts: 1 } });
      const id = await world.accept(appId, 'job');
      const lost = await claim(id);
      expect(await world.engine.sweeper.sweep()).toMatchObject({ interrupted: [] });
      await expire(id);
      expect(await world.engine.sweeper.sweep()).toMatchObject({
        interrupted: [{ deliveryId: id }],
        promoted: [id],
      });
      expect(await world.delivery(id)).toMatchObject({
        status: 'pending',
        attempts: 1,
        attempts_counted: 0,
        max_attempts: 2,
        last_attempt_at: expect.any(Date),
        claim_token: null,
      });
      expect(world.logs.filter(({ said }) => (said as { deliveryId?: string }).deliveryId === id)).toEqual([
        {
          level: 'warn',
          said: {
            msg: 'delivery stalled: its lease expired, it will be attempted again',
            deliveryId: id,
            appId,
            capability: 'job',
            eventType: 'job',
            requestId: expect.any(String),
            sinceAcceptedMs: expect.any(Number),
            attempts: '1/2',
            outcome: 'unknown',
            heldMs: expect.any(Number),
            next: 'again',
          },
        },
      ]);
      const before = await world.delivery(id);
      expect(await world.engine.get(FinishStore).finish(completed(lost))).toBe(false);
      expect(
        await world.engine
          .get(FinishStore)
          .postpone({ deliveryId: id, token: lost.token, delayMs: 0, reason: 'circuit_open', timeoutMs: 1 }),
      ).toBe(false);
      expect(await world.delivery(id)).toEqual(before);
      await withWorker(() => eventually(() => isCompleted(id)).then(() => undefined), false);
      expect(world.receiver.callsTo(path).map(({ headers }) => headers['x-retry-attempt'])).toEqual(['2']);
      expect(await world.attempts(id)).toMatchObject([
        { number: 1, outcome: 'unknown', error_class: 'network', next: 'again', duration_ms: null },
        { number: 2, outcome: 'delivered', next: 'done' },
      ]);
    });

    it('a late result of a claim that another worker has taken over', async () => {
      const { appId } = await app();
      const id = await world.accept(appId, 'job');
      const lost = await claim(id);
      await expire(id);
      await world.engine.sweeper.sweep();
      const held = await claim(id);
      const finishes = world.engine.get(FinishStore);
      expect(await Promise.all([finishes.finish(completed(lost)), finishes.finish(completed(held))])).toEqual(
        [false, true],
      );
      expect(await world.delivery(id)).toMatchObject({
        status: 'completed',
        attempts: 2,
        attempts_counted: 1,
      });
    });

    it("its worker's death again and again, but not for ever: after too many claims it is poison", async () => {
      const { appId, path } = await app({ retry: { maxAttempts: 2 } });
      const id = await world.accept(appId, 'job');
      for (let death = 1; death <= 2 + 5; death++) {
        expect((await claim(id)).claims).toBe(death);
        await expire(id);
        await world.engine.sweeper.sweep();
      }
      expect(await world.engine.attempt.execute({ deliveryId: id })).toEqual({ next: 'buried' });
      expect(world.receiver.callsTo(path)).toEqual([]);
      expect(await world.delivery(id)).toMatchObject({
        status: 'dead_letter',
        attempts: 7,
        attempts_counted: 0,
      });
      const [letter] = await world.rows(
        'SELECT reason, category, attempts FROM webhook_dead_letter_queue WHERE delivery_id = $1',
        id,
      );
      expect(letter).toEqual({ reason: 'poison', category: 'RETRYABLE', attempts: 7 });
    });

    it('a wake-up that is handled twice at once: one call is sent', async () => {
      const { appId, path } = await app();
      const other = await world.startEngine({ consume: false, sweep: false });
      for (let round = 0; round < 10; round++) {
        const id = await world.accept(appId, 'job');
        const reports = await Promise.all(
          [world.engine, world.engine, other, other].map(({ attempt }) =>
            attempt.execute({ deliveryId: id }),
          ),
        );
        expect(reports.map(({ next }) => next).sort()).toEqual(['done', 'nothing', 'nothing', 'nothing']);
      }
      expect(world.receiver.callsTo(path)).toHaveLength(10);
      await other.stop();
    });

    it('a worker that stops in the middle of its call, without using an attempt', async () => {
      const { appId, path } = await app({ retry: { maxAttempts: 1 } });
      world.receiver.on(path, ({ number }) => (number === 1 ? 'hang' : {}));
      const id = await world.accept(appId, 'job');
      await withWorker(
        () => eventually(() => world.receiver.callsTo(path).length === 1).then(() => undefined),
        false,
      );
      expect(await world.delivery(id)).toMatchObject({
        status: 'pending',
        attempts: 1,
        attempts_counted: 0,
        claims: 0,
        claim_token: null,
      });
      await withWorker(() => eventually(() => isCompleted(id)).then(() => undefined), false);
      expect(await world.attempts(id)).toMatchObject([
        { outcome: 'aborted', next: 'again' },
        { outcome: 'delivered' },
      ]);
    });

    it('a full bulkhead of its process: it comes back a second later, with its budget', async () => {
      const narrow = await world.startEngine({
        consume: false,
        sweep: false,
        env: { BULKHEAD_CAPACITY: '1' },
      });
      const { appId, path } = await app({ timeout: 1000 });
      world.receiver.on(path, 'hang');
      const ids = [await world.accept(appId, 'job'), await world.accept(appId, 'job')];
      const reports = await Promise.all(ids.map((id) => narrow.attempt.execute({ deliveryId: id })));
      expect(reports.map(({ next }) => next).sort()).toEqual(['postponed', 'retry']);
      const postponed = await world.delivery(ids[reports.findIndex(({ next }) => next === 'postponed')]!);
      expect(postponed).toMatchObject({
        attempts: 0,
        claims: 0,
        wait_reason: 'endpoint_slot',
        status: 'pending',
      });
      expect(world.receiver.callsTo(path)).toHaveLength(1);
      await narrow.stop();
    });

    it('a claim together with the head that it waits behind', async () => {
      const { appId } = await app({ ordered: true });
      const [head, next] = [await world.accept(appId, 'job'), await world.accept(appId, 'job')];
      await world.rows(
        `UPDATE deliveries SET next_attempt_at = now() - interval '1 hour' WHERE id = $1`,
        next,
      );
      const claims = world.engine.get(ClaimStore);
      const results = await Promise.all([claims.claim(next), claims.claim(head)]);
      expect(results.map(({ decision }) => decision)).toEqual(['behind_head', 'claimed']);
    });

    it('a wake-up that finds its row locked: the wake-up is repeated', async () => {
      const { appId, path } = await app();
      const id = await world.accept(appId, 'job');
      const other = await world.db.connect();
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM deliveries WHERE id = $1 FOR UPDATE', [id]);
      expect(await world.engine.attempt.execute({ deliveryId: id })).toEqual({ next: 'postponed' });
      await other.query('COMMIT');
      other.release();
      await withWorker(() => eventually(() => isCompleted(id)).then(() => undefined), false);
      expect(world.receiver.callsTo(path)).toHaveLength(1);
    });

    it('claims by endpoint: each parked delivery is claimed once, as many as fit', async () => {
      const { appId } = await app({ concurrency: 3 });
      await world.rows('UPDATE endpoints SET width = 3 WHERE app_id = $1', appId);
      const ids = await Promise.all(Array.from({ length: 5 }, () => world.accept(appId, 'job')));
      await world.rows('UPDATE deliveries SET enqueued_at = NULL WHERE app_id = $1', appId);
      const { id: endpointId } = await world.endpoint(appId, 'job');
      const claims = world.engine.get(ClaimStore);
      const asked = await Promise.all([
        claims.claimNext({ appId, endpointId }),
        claims.claim(ids[4]!),
        claims.claimNext({ appId, endpointId }),
        claims.claimNext({ appId, endpointId }),
        claims.claimNext({ appId, endpointId }),
      ]);
      const claimed = asked.flatMap((each) => (each.decision === 'claimed' ? [each.claim] : []));
      expect(claimed.map(({ deliveryId }) => deliveryId).toSorted()).toEqual(ids.slice(0, 3).toSorted());
      expect(asked[1]).toEqual({ decision: 'slots_full' });
      for (const each of claimed) claims.callEnded(each);
    });

    it.each([
      ['has an order', { ordered: true }],
      ['has a rate', { rateLimitPerSecond: 1000 }],
    ])('a claim by endpoint where it %s: the next delivery is promoted', async (_, webhook) => {
      const { appId } = await app(webhook);
      const id = await world.accept(appId, 'job');
      await world.rows('UPDATE deliveries SET enqueued_at = NULL WHERE app_id = $1', appId);
      const { id: endpointId } = await world.endpoint(appId, 'job');
      expect(await world.engine.get(ClaimStore).claimNext({ appId, endpointId })).toEqual({
        decision: 'nothing',
      });
      expect(await claim(id)).toMatchObject({ deliveryId: id, paced: true });
    });

    it('a process that accepted it and could not send its wake-up', async () => {
      const { appId, path } = await app();
      const cut = await world.startEngine({ consume: false, sweep: false });
      await cut.queue.close();
      const request = {
        endpoint: await world.endpoint(appId, 'job'),
        kind: 'invocation' as const,
        requestId: 'r',
        body: Buffer.from('{}'),
        contentType: 'application/json',
      };
      const { deliveryId } = await cut.get(AcceptDelivery).accept(request);
      expect(await cut.queue.add([{ deliveryId }])).toBe(false);
      await cut.stop();
      await world.rows(
        `UPDATE deliveries SET enqueued_at = enqueued_at - interval '1 minute', next_attempt_at = next_attempt_at - interval '1 minute'
         WHERE id = $1`,
        deliveryId,
      );
      await withWorker(() => eventually(() => isCompleted(deliveryId)).then(() => undefined));
      expect(world.receiver.callsTo(path)).toHaveLength(1);
    });

    it('but not the deletion of its app: it is a dead letter instead of waiting for ever', async () => {
      const { appId } = await app();
      const id = await world.accept(appId, 'job');
      await world.rows('DELETE FROM apps WHERE id = $1', appId);
      await world.engine.get(EndpointDirectory).announce(appId);
      expect(await world.engine.attempt.execute({ deliveryId: id })).toEqual({ next: 'nothing' });
      expect(await world.engine.sweeper.sweep()).toMatchObject({ orphans: 1 });
      expect(await world.delivery(id)).toMatchObject({
        status: 'dead_letter',
        last_error: 'its app was deleted',
      });
    });

    it('but not the forced deletion of its app: it is cancelled, whatever result its worker still reports', async () => {
      const { appId } = await app();
      const id = await world.accept(appId, 'job');
      const held = await claim(id);
      await world.engine.get(AppRegistry).delete(appId, { force: true });
      expect(await world.engine.get(FinishStore).finish(completed(held))).toBe(false);
      expect(await world.delivery(id)).toMatchObject({ status: 'cancelled', attempts: 0 });
    });

    it('two sweeps at once: one sweeps, the other does nothing', async () => {
      const other = await world.startEngine({ consume: false, sweep: false });
      const { rows } = await world.db.query('SELECT pg_backend_pid()');
      expect(rows).toHaveLength(1);
      const swept = await Promise.all([world.engine.sweeper.sweep(), world.engine.sweeper.sweep()]);
      expect(swept.filter((each) => each !== null)).toHaveLength(1);
      const blocker = await world.db.connect();
      await blocker.query(`SELECT pg_advisory_lock(740211, hashtext('sweep'))`);
      expect(await other.sweeper.sweep()).toBeNull();
      await blocker.query(`SELECT pg_advisory_unlock(740211, hashtext('sweep'))`);
      blocker.release();
      expect(await other.sweeper.sweep()).not.toBeNull();
      await other.stop();
    });

    it('a process that stalls in the middle of a sweep: another sweeps within seconds', async () => {
      const link = await Link.to(world.databaseUrl);
      const env = { DATABASE_URL: link.url };
      const other = await world.startEngine({ consume: false, sweep: false, env });
      // Its first statement waits for the table: the sweep has begun when nothing comes through any more.
      const blocker = await world.db.connect();
      await blocker.query('BEGIN; LOCK TABLE deliveries');
      const stalled = caught(other.get(SweepStore).sweep());
      const isWaiting = `SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.relation = 'deliveries'::regclass AND NOT l.granted`;
      await eventually(async () => (await world.rows(isWaiting)).length > 0, { what: 'a sweep in progress' });
      link.freeze();
      await blocker.query('COMMIT');
      blocker.release();
      const store = world.engine.get(SweepStore);
      expect(await store.sweep()).toBeNull();
      await eventually(() => store.sweep(), { what: 'another sweep' });
      link.thaw();
      expect(String(await stalled)).toMatch(/terminat|connection/i);
      expect(await store.sweep()).not.toBeNull();
      await other.stop();
      await link.cut();
    });
  });
}
