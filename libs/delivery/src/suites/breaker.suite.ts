import { CircuitBreakers } from '@breakwater/circuit-breaker';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deliveries } from '../deliveries/deliveries.service.js';

/** Deliveries whose endpoint's circuit breaker is not closed. */
export function breakerSuite(redisUrl: string | null): void {
  describe.concurrent('an open circuit breaker', () => {
    let world: EngineWorld;
    let paths = 0;
    beforeAll(async () => {
      world = await startWorld({ redisUrl });
    });
    afterAll(() => world.stop());

    const app = async (
      circuitBreaker: object,
      retry: object = { maxAttempts: 1 },
    ): Promise<{ appId: string; path: string; recover: () => void }> => {
      const path = `/breaker-${++paths}`;
      let status = 500;
      const url = world.receiver.on(path, () => ({ status }));
      const { appId } = await world.register({ job: { url, async: true, retry, circuitBreaker } });
      return { appId, path, recover: () => (status = 200) };
    };
    const open = async (appId: string): Promise<void> => {
      const id = await world.accept(appId, 'job');
      await eventually(async () => (await world.delivery(id))['status'] === 'dead_letter');
      expect(world.engine.get(CircuitBreakers).stateOf({ appId, capability: 'job' })).toBe('open');
      await eventually(
        async () =>
          (await world.rows('SELECT 1 FROM endpoints WHERE app_id = $1 AND width = 1', appId)).length === 1,
      );
    };
    const status = async (id: string): Promise<unknown> => (await world.delivery(id))['status'];

    it('postpones without using an attempt, and delivers what waited after it closed', async () => {
      const { appId, path, recover } = await app({
        failureThreshold: 1,
        recoveryTimeoutMs: 3_000,
        successThreshold: 2,
      });
      await open(appId);
      recover();
      const ids = await Promise.all([1, 2, 3, 4, 5].map(() => world.accept(appId, 'job')));
      expect(await world.engine.attempt.execute({ deliveryId: ids[0]! })).toEqual({ next: 'postponed' });
      expect(await world.delivery(ids[0]!)).toMatchObject({
        attempts: 0,
        claims: 0,
        wait_reason: 'circuit_open',
        enqueued_at: null,
        claim_token: null,
      });
      await eventually(async () =>
        (await Promise.all(ids.map(status))).every((each) => each === 'completed'),
      );
      const calls = world.receiver.callsTo(path);
      expect(calls).toHaveLength(6);
      expect(calls[1]!.atMs - calls[0]!.atMs).toBeGreaterThan(2_900);
      expect(await world.delivery(ids[0]!)).toMatchObject({ attempts: 1, attempts_counted: 1 });
      const { timeline } = await world.engine.get(Deliveries).get(ids[0]!, appId);
      expect(timeline[0]!.kind).toBe('accepted');
      expect(timeline.at(-1)!.kind).toBe('finished');
      expect(new Set(timeline.map(({ kind }) => kind))).toEqual(
        new Set(['accepted', 'postponed', 'circuit', 'attempt', 'finished']),
      );
      expect(timeline.map(({ at }) => at.getTime())).toEqual(
        timeline.map(({ at }) => at.getTime()).sort((a, b) => a - b),
      );
      expect(timeline.find(({ kind }) => kind === 'postponed')!.detail).toMatchObject({
        reason: 'circuit_open',
      });
    });

    it('whose probe is brought forward delivers what waited, without waiting for the old time', async () => {
      const { appId, recover } = await app({
        failureThreshold: 1,
        recoveryTimeoutMs: 600_000,
        successThreshold: 2,
      });
      await open(appId);
      const ids = await Promise.all(Array.from({ length: 15 }, () => world.accept(appId, 'job')));
      for (const id of ids) await world.engine.attempt.execute({ deliveryId: id });
      recover();
      expect(await world.engine.get(CircuitBreakers).probeSoon(appId)).toEqual(['job']);
      await eventually(
        async () => (await Promise.all(ids.map(status))).every((each) => each === 'completed'),
        { what: 'all delivered' },
      );
    });

    it('wakes nothing while it refuses', async () => {
      const { appId } = await app({ failureThreshold: 1, recoveryTimeoutMs: 60_000 });
      await open(appId);
      const ids = await Promise.all(Array.from({ length: 20 }, () => world.accept(appId, 'job')));
      await world.engine.sweeper.sweep();
      const rows = await world.rows(
        'SELECT enqueued_at, attempts, claims FROM deliveries WHERE id = ANY ($1)',
        ids,
      );
      expect(rows).toEqual(ids.map(() => ({ enqueued_at: null, attempts: 0, claims: 0 })));
    });

    it('that stays open beyond a delivery’s maximum age makes it a dead letter when it is claimed', async () => {
      const { appId } = await app({ failureThreshold: 1, recoveryTimeoutMs: 60_000 });
      await open(appId);
      const id = await world.accept(appId, 'job');
      await world.rows(`UPDATE deliveries SET expires_at = now() - interval '1 s' WHERE id = $1`, id);
      expect(['buried', 'nothing']).toContain((await world.engine.attempt.execute({ deliveryId: id })).next);
      await expectBuried(id);
    });

    it('that stays open beyond a delivery’s maximum age makes it a dead letter when it is swept', async () => {
      const { appId } = await app({ failureThreshold: 1, recoveryTimeoutMs: 60_000 });
      await open(appId);
      const ids = await Promise.all([1, 2, 3].map(() => world.accept(appId, 'job')));
      await world.rows(`UPDATE deliveries SET expires_at = now() - interval '1 s' WHERE id = ANY ($1)`, ids);
      await eventually(async () =>
        (await Promise.all(ids.map(status))).every((each) => each === 'dead_letter'),
      );
      for (const id of ids) await expectBuried(id);
    });

    it('that a failed probe opens again keeps postponing', async () => {
      const { appId, path } = await app({ failureThreshold: 1, recoveryTimeoutMs: 300, successThreshold: 1 });
      await open(appId);
      const ids = await Promise.all([1, 2, 3].map(() => world.accept(appId, 'job')));
      await eventually(
        async () => (await Promise.all(ids.map(status))).every((each) => each === 'dead_letter'),
        { what: 'each was a probe' },
      );
      for (const gapMs of world.receiver.gapsOf(path)) expect(gapMs).toBeGreaterThanOrEqual(295);
    });

    async function expectBuried(id: string): Promise<void> {
      expect(await world.delivery(id)).toMatchObject({
        status: 'dead_letter',
        attempts: 0,
        next_attempt_at: null,
      });
      const [letter] = await world.rows('SELECT * FROM webhook_dead_letter_queue WHERE delivery_id = $1', id);
      expect(letter).toMatchObject({
        reason: 'circuit_open',
        category: 'RETRYABLE',
        attempts: 0,
        error: 'its circuit breaker stayed open for too long',
      });
    }
  });

  describe.each(['observe', 'off'])('an open circuit breaker in mode %s', (mode) => {
    let world: EngineWorld;
    beforeAll(async () => {
      world = await startWorld({ redisUrl, env: { CIRCUIT_BREAKER_MODE: mode } });
    });
    afterAll(() => world.stop());

    it('delays nothing', async () => {
      const url = world.receiver.on('/through');
      const { appId } = await world.register({ job: { url, async: true, concurrency: 1 } });
      await world.rows(
        `INSERT INTO circuit_breaker_state (app_id, capability, state, failure_count, generation, version, retry_at)
         VALUES ($1, 'job', 'open', 5, 1, 1, now() + interval '1 minute')`,
        appId,
      );
      const ids = await Promise.all(Array.from({ length: 10 }, () => world.accept(appId, 'job')));
      await world.rows(`UPDATE deliveries SET expires_at = now() - interval '1 s' WHERE id = ANY ($1)`, ids);
      await eventually(async () => {
        const ended = await Promise.all(ids.map((id) => world.delivery(id)));
        return ended.every(({ status }) => status === 'completed');
      });
      expect(world.receiver.callsTo('/through')).toHaveLength(10);
    });
  });
}
