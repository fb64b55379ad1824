import { newId } from '@breakwater/platform';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeadLetters } from '../dead-letters/dead-letters.service.js';
import { Deliveries } from '../deliveries/deliveries.service.js';
import { QueueStatisticsReader } from '../deliveries/queue-statistics.store.js';

/** What people see, and what they can do. */
export function peopleSuite(redisUrl: string | null): void {
  describe('a person', () => {
    let world: EngineWorld;
    let letters: DeadLetters;
    let deliveries: Deliveries;
    let paths = 0;
    beforeAll(async () => {
      world = await startWorld({ redisUrl });
      letters = world.engine.get(DeadLetters);
      deliveries = world.engine.get(Deliveries);
    });
    afterAll(() => world.stop());

    interface App {
      appId: string;
      path: string;
      answer(status: number): void;
    }
    const app = async (status: number): Promise<App> => {
      const path = `/people-${++paths}`;
      let answer = status;
      const url = world.receiver.on(path, () => ({ status: answer }));
      const { appId } = await world.register({
        job: { url, async: true, retry: { initialDelayMs: 10, maxAttempts: 2 } },
      });
      return { appId, path, answer: (next) => (answer = next) };
    };
    const ended = async (id: string, attempts: number): Promise<Record<string, unknown>> =>
      eventually(async () => {
        const delivery = await world.delivery(id);
        return delivery['status'] !== 'pending' && delivery['attempts'] === attempts && delivery;
      });
    const dead = async ({ appId }: App, attempts = 1): Promise<{ id: string; letterId: string }> => {
      const id = await world.accept(appId, 'job');
      await ended(id, attempts);
      const [letter] = await letters.list({ appId }, 10);
      return { id, letterId: letter!.id };
    };

    it('retries a dead letter: the webhook-id is the same, attempts keep counting, success resolves it', async () => {
      const one = await app(400);
      const { id, letterId } = await dead(one);
      one.answer(200);
      await letters.retry(letterId, 'ops');
      expect(await ended(id, 2)).toMatchObject({ status: 'completed', redeliveries: 1, attempts_counted: 1 });
      const calls = world.receiver.callsTo(one.path);
      expect(calls.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
      expect(calls.map(({ headers }) => headers['x-retry-attempt'])).toEqual(['1', '2']);
      // The budget starts from zero: two more attempts after the first.
      expect(calls.map(({ headers }) => headers['x-max-attempts'])).toEqual(['2', '3']);
      expect(calls[0]!.body.equals(calls[1]!.body)).toBe(true);
      const { deadLetter, story } = await letters.get(letterId);
      expect(deadLetter).toMatchObject({ resolvedBy: 'redelivery' });
      expect(deadLetter.requeuedAt).not.toBeNull();
      expect(story!.attempts.map(({ number }) => number)).toEqual([1, 2]);
      expect(story!.timeline.map(({ kind }) => kind)).toEqual([
        'accepted',
        'attempt',
        'redelivered',
        'attempt',
        'finished',
      ]);
      expect(story!.timeline[2]!.detail).toEqual({ actor: 'ops' });
      expect(await letters.list({ appId: one.appId }, 10)).toEqual([]);
      expect(await letters.list({ appId: one.appId, state: 'resolved' }, 10)).toHaveLength(1);
    });

    it('finds a delivery that failed again in its old row, with a new budget', async () => {
      const one = await app(503);
      const { id, letterId } = await dead(one, 2);
      await letters.retry(letterId, 'ops');
      await ended(id, 4);
      const [again, ...more] = await letters.list({ appId: one.appId }, 10);
      expect(more).toEqual([]);
      expect(again).toMatchObject({
        id: letterId,
        attempts: 4,
        requeuedAt: expect.any(Date),
        resolvedAt: null,
        reason: 'exhausted',
      });
      expect(again!.requeuedAt!.getTime()).toBeLessThan(again!.failedAt.getTime());
      expect(await letters.list({ appId: one.appId, state: 'requeued' }, 10)).toEqual([]);
      const maxima = world.receiver.callsTo(one.path).map(({ headers }) => headers['x-max-attempts']);
      expect(maxima).toEqual(['2', '2', '4', '4']);
    });

    it('finds a delivery that was sent again and has not ended under `requeued`', async () => {
      const one = await app(400);
      const { letterId } = await dead(one);
      world.receiver.on(one.path, 'hang');
      await letters.retry(letterId, 'ops');
      expect(await letters.list({ appId: one.appId, state: 'requeued' }, 10)).toMatchObject([
        { id: letterId },
      ]);
    });

    it('gets an error for a retry of an unfinished delivery, and of a missing one', async () => {
      const one = await app(400);
      const { letterId, id } = await dead(one);
      await world.rows(
        `UPDATE deliveries SET status = 'pending', next_attempt_at = now() + interval '1 hour', finished_at = NULL WHERE id = $1`,
        id,
      );
      await expect(letters.retry(letterId, 'ops')).rejects.toMatchObject({ code: 'DELIVERY_PENDING' });
      for (const missing of [newId(), 'nonsense']) {
        await expect(letters.retry(missing, 'ops')).rejects.toMatchObject({ code: 'DEAD_LETTER_NOT_FOUND' });
        await expect(letters.get(missing)).rejects.toMatchObject({ code: 'DEAD_LETTER_NOT_FOUND' });
        await expect(letters.resolve(missing, 'ops', null)).rejects.toMatchObject({
          code: 'DEAD_LETTER_NOT_FOUND',
        });
        await expect(letters.remove(missing)).rejects.toMatchObject({ code: 'DEAD_LETTER_NOT_FOUND' });
      }
    });

    it('resolves one with notes, and deletes one', async () => {
      const one = await app(400);
      const [first, second] = [await dead(one), await dead(one)];
      expect(await letters.resolve(first.letterId, 'ops', 'by hand')).toMatchObject({
        resolvedBy: 'ops',
        notes: 'by hand',
      });
      await expect(letters.resolve(first.letterId, 'other', 'me too')).rejects.toMatchObject({
        code: 'DEAD_LETTER_RESOLVED',
        message: expect.stringContaining('by "ops"'),
      });
      expect((await letters.get(first.letterId)).deadLetter).toMatchObject({
        resolvedBy: 'ops',
        notes: 'by hand',
      });
      await letters.remove(second.letterId);
      expect(await letters.list({ appId: one.appId, state: 'all' }, 10)).toMatchObject([
        { id: first.letterId },
      ]);
    });

    it('of an app sees, retries and resolves its own dead letters, and finds no other', async () => {
      const [one, other] = [await app(400), await app(400)];
      const [own, foreign] = [await dead(one), await dead(other)];
      expect(await letters.list({ appId: one.appId }, 10, undefined, one.appId)).toHaveLength(1);
      expect((await letters.get(own.letterId, one.appId)).story!.delivery.id).toBe(own.id);
      await letters.retry(own.letterId, 'owner', one.appId);
      await ended(own.id, 2);
      expect(await letters.resolve(own.letterId, 'owner', null, one.appId)).toMatchObject({
        resolvedBy: 'owner',
      });
      for (const attempt of [
        () => letters.get(foreign.letterId, one.appId),
        () => letters.retry(foreign.letterId, 'owner', one.appId),
        () => letters.resolve(foreign.letterId, 'owner', null, one.appId),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ code: 'DEAD_LETTER_NOT_FOUND' });
      }
      expect((await letters.get(foreign.letterId)).deadLetter.resolvedAt).toBeNull();
      expect([...(await letters.payloadStarts([own.letterId, foreign.letterId], one.appId)).keys()]).toEqual([
        own.letterId,
      ]);
    });

    it.each([
      ['JSON as jsonb', '{"a":[1,"ä"]}', { a: [1, 'ä'] }],
      ['null for a NUL, which jsonb cannot hold', '{"a":"\\u0000"}', null],
      ['null for a number beyond the range of jsonb', '1e200000', null],
      ['null for JSON that is nested too deep', '['.repeat(100_000) + ']'.repeat(100_000), null],
      ['null for text that is not JSON', 'text', null],
      ['null for bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), null],
    ])('reads the payload of a dead letter in SQL: %s', async (_, payload, expected) => {
      const one = await app(400);
      const { letterId } = await dead(one);
      await world.rows(
        'UPDATE webhook_dead_letter_queue SET payload = $2 WHERE id = $1',
        letterId,
        Buffer.from(payload),
      );
      const [row] = await world.rows('SELECT * FROM webhook_dead_letters WHERE id = $1', letterId);
      expect(row).toMatchObject({ payload: expected, payload_bytes: Buffer.from(payload) });
    });

    it('retries and resolves by filter, and gets the number before', async () => {
      const [one, other] = [await app(400), await app(400)];
      const ids = await Promise.all([1, 2, 3, 4].map(() => world.accept(one.appId, 'job')));
      await Promise.all(ids.map((id) => ended(id, 1)));
      await dead(other);
      one.answer(200);
      const filter = { appId: one.appId };
      expect(await letters.retryAll(filter, 'ops', true)).toBe(4);
      expect(world.receiver.callsTo(one.path)).toHaveLength(4);
      await world.rows(
        `UPDATE deliveries SET status = 'pending', next_attempt_at = now() + interval '1 hour', finished_at = NULL WHERE id = $1`,
        ids[0],
      );
      expect(await letters.retryAll(filter, 'ops', true)).toBe(3);
      expect(await letters.retryAll(filter, 'ops', false)).toBe(3);
      await Promise.all(ids.slice(1).map((id) => ended(id, 2)));
      expect(await letters.list(filter, 10)).toHaveLength(1);
      expect(await letters.resolveAll(filter, 'ops', 'done', true)).toBe(1);
      expect(await letters.resolveAll(filter, 'ops', 'done', false)).toBe(1);
      expect(await letters.list(filter, 10)).toEqual([]);
      expect(await letters.list({ appId: other.appId }, 10)).toHaveLength(1);
    });

    it('filters dead letters by every field, and pages through them', async () => {
      const one = await app(400);
      for (let n = 0; n < 3; n++) await dead(one);
      const { appId } = one;
      const all = await letters.list({ appId }, 10);
      expect(all).toHaveLength(3);
      expect(all[0]).not.toHaveProperty('payload');
      const found = async (filter: object): Promise<number> =>
        (await letters.list({ appId, ...filter }, 10)).length;
      expect(
        await found({
          capability: 'job',
          category: 'NON_RETRYABLE',
          reason: 'non_retryable',
          maxAgeMs: 60_000,
        }),
      ).toBe(3);
      for (const filter of [
        { capability: 'x' },
        { category: 'RETRYABLE' },
        { reason: 'poison' },
        { eventType: 'a' },
        { minAgeMs: 60_000 },
        { maxAgeMs: -60_000 },
        { state: 'requeued' as const },
      ]) {
        expect(await found(filter), JSON.stringify(filter)).toBe(0);
      }
      const [first] = await letters.list({ appId }, 1);
      const rest = await letters.list({ appId }, 10, first);
      expect([first!.id, ...rest.map(({ id }) => id)]).toEqual(all.map(({ id }) => id));
    });

    it('counts dead letters by every dimension', async () => {
      await world.rows('DELETE FROM webhook_dead_letter_queue');
      const [one, other] = [await app(400), await app(503)];
      await dead(one);
      await dead(one);
      await dead(other, 2);
      await world.rows(
        `UPDATE webhook_dead_letter_queue SET failed_at = now() - interval '2 days' WHERE app_id = $1`,
        other.appId,
      );
      expect(await letters.statistics()).toEqual({
        total: 3,
        byCategory: { NON_RETRYABLE: 2, RETRYABLE: 1 },
        byReason: { non_retryable: 2, exhausted: 1 },
        byApp: { [one.appId]: 2, [other.appId]: 1 },
        byCapability: { job: 3 },
        byEventType: { job: 3 },
        byAge: { '1h': 2, '24h': 0, '7d': 1, older: 0 },
      });
    });

    it('redelivers a completed delivery, but no unfinished, sync or foreign one', async () => {
      const one = await app(200);
      const id = await world.accept(one.appId, 'job');
      await ended(id, 1);
      await expect(deliveries.redeliver(id, 'other', 'ops')).rejects.toMatchObject({
        code: 'DELIVERY_NOT_FOUND',
      });
      await deliveries.redeliver(id, one.appId, 'ops');
      expect(await ended(id, 2)).toMatchObject({ status: 'completed' });
      await world.rows(
        `UPDATE deliveries SET status = 'pending', next_attempt_at = now() + interval '1 hour', finished_at = NULL WHERE id = $1`,
        id,
      );
      await expect(deliveries.redeliver(id, null, 'ops')).rejects.toMatchObject({ code: 'DELIVERY_PENDING' });
      await world.rows(`UPDATE deliveries SET mode = 'sync' WHERE id = $1`, id);
      await expect(deliveries.redeliver(id, null, 'ops')).rejects.toMatchObject({ code: 'DELIVERY_SYNC' });
      await expect(deliveries.get('nonsense', null)).rejects.toMatchObject({ code: 'DELIVERY_NOT_FOUND' });
    });

    it('cancels a waiting delivery, but not one whose call is in progress, nor a finished one', async () => {
      const one = await app(500);
      world.receiver.on(one.path, ({ number }) => (number === 1 ? { status: 500 } : 'hang'));
      const { appId } = await world.register({
        job: {
          url: world.receiver.url + one.path,
          async: true,
          timeout: 1000,
          retry: { initialDelayMs: 60_000, maxAttempts: 2 },
        },
      });
      const waiting = await world.accept(appId, 'job');
      await eventually(async () => (await world.delivery(waiting))['attempts'] === 1);
      await deliveries.cancel(waiting, appId, 'ops');
      expect(await world.delivery(waiting)).toMatchObject({ status: 'cancelled', next_attempt_at: null });
      expect((await deliveries.get(waiting, appId)).timeline.map(({ kind }) => kind)).toEqual([
        'accepted',
        'attempt',
        'cancelled',
        'finished',
      ]);
      await expect(deliveries.cancel(waiting, appId, 'ops')).rejects.toMatchObject({
        code: 'DELIVERY_NOT_CANCELLABLE',
        message: expect.stringContaining('it is cancelled'),
      });
      const out = await world.accept(appId, 'job');
      await eventually(() => world.receiver.callsTo(one.path).length === 2);
      await expect(deliveries.cancel(out, appId, 'ops')).rejects.toMatchObject({
        code: 'DELIVERY_NOT_CANCELLABLE',
        message: expect.stringContaining('its call is in progress'),
      });
    });

    it('lists deliveries, newest first, by filter and page', async () => {
      const one = await app(400);
      const ids = [
        await world.accept(one.appId, 'job'),
        await world.accept(one.appId, 'job'),
        await world.accept(one.appId, 'job'),
      ];
      await Promise.all(ids.map((id) => ended(id, 1)));
      const { id: endpointId } = await world.endpoint(one.appId, 'job');
      const list = async (filter: object = {}): Promise<string[]> =>
        (await deliveries.list({ appId: one.appId, limit: 10, ...filter })).map(({ id }) => id);
      const newestFirst = [...ids].reverse();
      expect(await list()).toEqual(newestFirst);
      expect(await list({ after: ids[1] })).toEqual([ids[0]]);
      expect(await list({ limit: 1 })).toEqual([ids[2]]);
      const past = new Date(Date.now() - 60_000);
      expect(
        await list({
          status: 'dead_letter',
          capability: 'job',
          errorClass: 'client_error',
          endpointId,
          from: past,
          to: new Date(Date.now() + 60_000),
        }),
      ).toEqual(newestFirst);
      await world.rows('UPDATE deliveries SET request_id = $2 WHERE id = $1', ids[0], 'request-of-the-first');
      const byKey = await world.accept(one.appId, 'job', '1', 'key-of-the-last');
      await ended(byKey, 1);
      expect(await list({ idempotencyKey: 'key-of-the-last' })).toEqual([byKey]);
      expect(await list({ appId: null, idempotencyKey: 'key-of-the-last' })).toEqual([byKey]);
      expect(await list({ requestId: 'request-of-the-first' })).toEqual([ids[0]]);
      expect(await list({ mode: 'async', kind: 'invocation', to: new Date(Date.now() + 60_000) })).toEqual([
        byKey,
        ...newestFirst,
      ]);
      for (const filter of [
        { status: 'completed' },
        { idempotencyKey: 'key-of-nobody' },
        { requestId: 'request-of-nobody' },
        { mode: 'sync' },
        { kind: 'event' },
        { capability: 'x' },
        { errorClass: 'network' },
        { endpointId: newId() },
        { to: past },
        { appId: 'x' },
      ]) {
        expect(await list(filter), JSON.stringify(filter)).toEqual([]);
      }
      expect((await deliveries.list({ appId: null, limit: 1 }))[0]).not.toHaveProperty('body');
    });

    it('reads the statistics of the queue', async () => {
      const one = await app(200);
      const { appId } = await world.register({
        job: {
          url: world.receiver.on(`${one.path}-hang`, 'hang'),
          async: true,
          timeout: 1000,
          retry: { initialDelayMs: 60_000 },
        },
        fine: { url: world.receiver.on(`${one.path}-fine`), async: true },
        bad: { url: world.receiver.on(`${one.path}-bad`, { status: 400 }), async: true },
      });
      const read = async (): Promise<object> => world.engine.get(QueueStatisticsReader).read(appId);
      expect(await read()).toEqual({ waiting: 0, active: 0, completed: 0, failed: 0, delayed: 0, paused: 0 });
      await world.accept(appId, 'fine');
      await world.accept(appId, 'bad');
      await world.accept(appId, 'job');
      await eventually(
        async () =>
          JSON.stringify(await read()) ===
          JSON.stringify({ waiting: 0, active: 1, delayed: 0, completed: 1, failed: 1, paused: 0 }),
        { everyMs: 5 },
      );
      await eventually(
        async () =>
          JSON.stringify(await read()) ===
          JSON.stringify({ waiting: 0, active: 0, delayed: 1, completed: 1, failed: 1, paused: 0 }),
      );
      expect(
        Object.values(await world.engine.get(QueueStatisticsReader).read(null)).every((count) => count >= 0),
      ).toBe(true);
    });
  });
}
