import { randomUUID } from 'node:crypto';
import { DeadLetters } from '@breakwater/delivery';
import { Subscriptions } from '@breakwater/manifest';
import { HintBus } from '@breakwater/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventRequest } from '@breakwater/testing/event-request.js';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { rounds } from '@breakwater/testing/rounds.js';
import { EventNotFoundError } from '../stories/event.error.js';
import { EventStories } from '../stories/event-stories.service.js';
import { PublishEvents, type PublishReport } from '../publish/publish-events.service.js';

/** Events from publishing to delivery, against real receivers. */
export function publishSuite(redisUrl: string | null): void {
  describe.concurrent('an event', () => {
    let world: EngineWorld;
    let paths = 0;
    beforeAll(async () => {
      world = await startWorld({ redisUrl });
    });
    afterAll(() => world.stop());

    const newPath = (): string => `/heard-${++paths}`;
    const publish = async (part: Parameters<typeof eventRequest>[0]): Promise<PublishReport> =>
      (await world.engine.get(PublishEvents).publish([eventRequest(part)]))[0]!;
    const heard = (path: string): string[] => world.receiver.callsTo(path).map(({ body }) => body.toString());

    it('is delivered byte for byte to each matching subscription, and a failing one delays no other', async () => {
      const [one, two, failing, deaf] = [newPath(), newPath(), newPath(), newPath()];
      world.receiver.on(failing, { status: 500 });
      const { appId } = await world.register(
        {},
        {
          one: { url: one, events: ['order.created'] },
          two: { url: two, events: ['order.*'], filter: { payload: { total: { $gte: 10 } } } },
          failing: { url: failing, events: ['*.created'], retry: { maxAttempts: 1 } },
          deaf: { url: deaf, events: ['invoice.*'] },
        },
      );
      const text = '{ "total":12.50,\n "big": 12345678901234567890, "name":"\\u00e9" }';
      const report = await publish({ appId, text });
      expect(report).toMatchObject({ kind: 'published', deliveries: 3 });
      await eventually(() => [one, two, failing].every((path) => heard(path).length === 1));
      expect([one, two, failing, deaf].map(heard)).toEqual([[text], [text], [text], []]);
      const [call] = world.receiver.callsTo(one);
      expect(call!.headers).toMatchObject({ 'x-webhook-attempt': '1', 'content-type': 'application/json' });
    });

    const subscribe = async (
      subscriptions: Record<string, object>,
      appId?: string,
    ): Promise<{ appId: string }> => world.register({}, subscriptions, appId);
    const published = (report: PublishReport): string => {
      if (report.kind !== 'published') throw new Error(`not published: ${report.kind}`);
      return report.eventId;
    };
    const story = (id: string, as: string | null = null) => world.engine.get(EventStories).get(id, as);
    const deliveriesOf = (id: string) =>
      world.rows<Record<string, unknown>>('SELECT * FROM deliveries WHERE event_id = $1', id);

    it('is stored with its body once, and has the same webhook-id at each attempt', async () => {
      const path = newPath();
      world.receiver.on(path, ({ number }) => ({ status: number === 1 ? 503 : 200 }));
      const retry = { maxAttempts: 2, initialDelayMs: 10 };
      const { appId } = await subscribe({ one: { url: path, events: ['order.*'], retry } });
      const id = published(await publish({ appId, text: '{"once":1}' }));
      await eventually(() => heard(path).length === 2);
      const [delivery] = await deliveriesOf(id);
      expect(delivery).toMatchObject({ kind: 'event', event_type: 'order.created', body: Buffer.alloc(0) });
      expect(world.receiver.callsTo(path).map(({ headers }) => headers['webhook-id'])).toEqual([
        delivery!['id'],
        delivery!['id'],
      ]);
      expect(heard(path)).toEqual(['{"once":1}', '{"once":1}']);
    });

    it('lists each subscription that it was not delivered to, with the reason', async () => {
      const path = newPath();
      const { appId } = await subscribe({
        hears: { url: path, events: ['order.*'] },
        other_type: { url: path, events: ['invoice.*'] },
        filtered: { url: path, events: ['order.*'], filter: { payload: { total: { $gte: 10 } } } },
        paused: { url: path, events: ['order.*'] },
        disabled: { url: path, events: ['order.*'] },
      });
      const subscriptions = world.engine.get(Subscriptions);
      const admin = { name: 'test', isPlatform: true };
      await subscriptions.pause(appId, 'paused', null, admin);
      await subscriptions.disable(appId, 'disabled', 'tests', admin);
      const report = await publish({ appId, text: '{"total": 5}' });
      expect(report).toMatchObject({ deliveries: 2 });
      const id = published(report);
      // The reasons are those at the time of publishing: later changes do not matter.
      await subscriptions.enable(appId, 'disabled', admin);
      const told = await story(id);
      expect(told.skipped.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
        { name: 'disabled', reason: 'disabled', term: null },
        { name: 'filtered', reason: 'filter', term: '/payload/total/$gte' },
        { name: 'other_type', reason: 'type', term: null },
      ]);
      const names = told.deliveries.map(({ subscription }) => subscription ?? '');
      expect(names.toSorted()).toEqual(['hears', 'paused']);
      await eventually(() => heard(path).length === 1);
      expect(told.deliveries.find(({ subscription }) => subscription === 'paused')).toMatchObject({
        status: 'pending',
        attempts: 0,
      });
      await subscriptions.resume(appId, 'paused', admin);
      await eventually(() => heard(path).length === 2);
    });

    it('of an app is delivered to that app only, an event of the platform to all matching subscriptions', async () => {
      const [mine, yours] = [newPath(), newPath()];
      const type = `only.${randomUUID()}`;
      const one = await subscribe({ s: { url: mine, events: [type] } });
      const other = await subscribe({ s: { url: yours, events: [type] } });
      const own = published(await publish({ appId: one.appId, type }));
      const platforms = published(await publish({ type }));
      await eventually(() => heard(mine).length === 2 && heard(yours).length === 1);
      await expect(story(own, other.appId)).rejects.toThrow(EventNotFoundError);
      const seen = await story(platforms, other.appId);
      expect(seen.deliveries).toMatchObject([{ appId: other.appId }]);
      expect(seen.skipped).toEqual([]);
      const unheard = published(await publish({ type: 'nobody.hears' }));
      await expect(story(unheard, other.appId)).rejects.toThrow(EventNotFoundError);
    });

    it(
      'is delivered to a subscription just created on another process, also if notifications are lost',
      { timeout: rounds(120_000, 600_000) },
      async () => {
        const path = newPath();
        const { appId } = await subscribe({});
        const deaf = { subscribe: () => () => undefined, publish: () => Promise.resolve() };
        const options = { consume: false, sweep: false, replace: [{ token: HintBus, by: deaf }] };
        const processes = [await world.startEngine(options), await world.startEngine(options)];
        const admin = { name: 'test', isPlatform: true };
        const document = { url: path, events: ['order.created'] };
        for (let round = 1; round <= rounds(10, 1_000); round++) {
          const [one, other] = round % 2 === 0 ? processes : processes.toReversed();
          const name = `s${round}`;
          const publishes = async (): Promise<PublishReport> =>
            (await one!.get(PublishEvents).publish([eventRequest({ appId })]))[0]!;
          expect(await publishes()).toMatchObject({ deliveries: 0 });
          await other!
            .get(Subscriptions)
            .create(appId, { name, document, paused: false, ownSecret: false }, admin);
          expect(await publishes()).toMatchObject({ deliveries: 1 });
          await other!.get(Subscriptions).remove(appId, name);
        }
      },
    );

    it('is published once per idempotency key, also by concurrent requests', async () => {
      const path = newPath();
      const { appId } = await subscribe({ s: { url: path, events: ['order.*'] } });
      const same = { appId, text: '{"a":1}', idempotencyKey: randomUUID() };
      const reports = await Promise.all([publish(same), publish(same), publish(same)]);
      expect(reports.map(({ kind }) => kind).toSorted()).toEqual(['published', 'replayed', 'replayed']);
      expect(await publish({ ...same, text: '{"a":2}' })).toEqual({
        kind: 'conflict',
        key: same.idempotencyKey,
      });
      await eventually(() => heard(path).length === 1);
      const batch = await world.engine
        .get(PublishEvents)
        .publish([
          eventRequest({ ...same, idempotencyKey: 'b' }),
          eventRequest({ ...same, idempotencyKey: 'b' }),
        ]);
      expect(batch.map(({ kind }) => kind)).toEqual(['published', 'replayed']);
    });

    it('that is due later is delivered to the subscriptions that exist at that time', async () => {
      const [before, after] = [newPath(), newPath()];
      const { appId } = await subscribe({ early: { url: before, events: ['order.*'] } });
      const report = await publish({ appId, deliverAt: new Date(Date.now() + 3_600_000) });
      expect(report).toMatchObject({ kind: 'published', deliveries: null });
      const id = published(report);
      expect(await story(id)).toMatchObject({ status: 'scheduled', deliveries: [], skipped: [] });
      await subscribe({ late: { url: after, events: ['order.*'] } }, appId);
      await world.rows('UPDATE events SET fan_out_at = now() WHERE id = $1', id);
      await eventually(() => heard(after).length === 1);
      expect(heard(before)).toEqual([]);
      expect((await story(id)).status).toBe('published');
    });

    it('published by SQL is delivered after the commit, and not at all after a rollback', async () => {
      const path = newPath();
      const { appId } = await subscribe({ s: { url: path, events: ['order.*'] } });
      const client = await world.db.connect();
      const call = `SELECT breakwater.publish('order.created', $1::json, $2) AS id`;
      await client.query('BEGIN');
      await client.query(call, ['{"gone":true}', appId]);
      await client.query('ROLLBACK');
      await client.query('BEGIN');
      await client.query(call, ['{ "kept" : 1.50 }', appId]);
      expect(heard(path)).toEqual([]);
      await client.query('COMMIT');
      client.release();
      await eventually(() => heard(path).length === 1);
      expect(heard(path)).toEqual(['{ "kept" : 1.50 }']);
    });

    it('published by SQL respects its idempotency key, and is validated', async () => {
      const { appId } = await subscribe({});
      const call = (type: string, payload: string, key: string | null) =>
        world.rows<{ id: string }>(
          `SELECT breakwater.publish($1, $2::json, $3, idempotency_key => $4) AS id`,
          type,
          payload,
          appId,
          key,
        );
      const [first] = await call('a.b', '{"a":1}', 'k');
      expect(await call('a.b', '{"a":1}', 'k')).toEqual([first]);
      expect(await publish({ appId, type: 'a.b', text: '{"a":1}', idempotencyKey: 'k' })).toEqual({
        kind: 'replayed',
        eventId: first!.id,
      });
      await expect(call('a.b', '{"a":2}', 'k')).rejects.toThrow('was used for another event');
      await expect(call('a b', '{}', null)).rejects.toThrow('an event type is');
      await expect(call('inbound.x', '{}', null)).rejects.toThrow('is reserved for captured requests');
    });

    it('with more than 1,000 matching subscriptions is fanned out by workers, once per subscription', async () => {
      const path = newPath();
      const type = `many.${randomUUID()}`;
      const many = (from: number, to: number) =>
        Object.fromEntries(
          Array.from({ length: to - from }, (_, n) => [`s${from + n}`, { url: path, events: [type] }]),
        );
      const apps = [
        await subscribe(many(0, 500)),
        await subscribe(many(0, 500)),
        await subscribe(many(0, 200)),
      ];
      const report = await publish({ type });
      expect(report).toMatchObject({ kind: 'published', deliveries: null });
      const id = published(report);
      // Created after the event was published, so the event is not delivered to it.
      await subscribe({ ...many(0, 200), late: { url: path, events: [type] } }, apps[2]!.appId);
      await eventually(async () => (await story(id)).status === 'published');
      const rows = await deliveriesOf(id);
      expect(rows).toHaveLength(1_200);
      expect(new Set(rows.map((row) => row['endpoint_id'])).size).toBe(1_200);
      await eventually(() => heard(path).length >= 1_200, { limitMs: 60_000 });
      expect(heard(path)).toHaveLength(1_200);
    });

    it('can be read in a dead letter, and sent again from it', async () => {
      const path = newPath();
      world.receiver.on(path, ({ number }) => ({ status: number === 1 ? 400 : 200 }));
      const { appId } = await subscribe({ s: { url: path, events: ['order.*'] } });
      const id = published(await publish({ appId, text: '{"dead":"letter"}' }));
      const deadLetters = world.engine.get(DeadLetters);
      const [letter] = await eventually(async () => {
        const found = await deadLetters.list({ appId }, 1, undefined, appId);
        return found.length > 0 && found;
      });
      expect(letter).toMatchObject({ eventType: 'order.created', eventId: id });
      const { deadLetter } = await deadLetters.get(letter!.id, appId);
      expect(Buffer.from(deadLetter.payload).toString()).toBe('{"dead":"letter"}');
      expect((await deadLetters.payloadStarts([letter!.id], appId)).get(letter!.id)?.text).toBe(
        '{"dead":"letter"}',
      );
      await deadLetters.retry(letter!.id, 'test', appId);
      await eventually(() => heard(path).length === 2);
      expect(heard(path)[1]).toBe('{"dead":"letter"}');
    });
  });
}
