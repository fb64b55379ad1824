import { randomUUID } from 'node:crypto';
import { IdempotencyConflictError, DeadLetters, Deliveries } from '@breakwater/delivery';
import { EventNotFoundError, EventStories, PublishEvents } from '@breakwater/events';
import { Subscriptions } from '@breakwater/manifest';
import { PrismaService } from '@breakwater/platform';
import { eventRequest } from '@breakwater/testing/event-request.js';
import { startWorld, type Engine, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BulkFilterInvalidError, BulkOperationNotFoundError, BulkOperationStateError } from './bulk.error.js';
import {
  BulkOperations,
  type BulkActor,
  type BulkRequest,
  type BulkStory,
} from './operations/bulk-operations.service.js';
import { BulkRunner, STEP } from './run/bulk-runner.service.js';
import { StepStore } from './run/step.store.js';

const ADMIN: BulkActor = { name: 'admin', appId: null };
const PLATFORM = { name: 'admin', isPlatform: true };
const NEVER = new AbortController().signal;
/** A range around now. */
const AROUND_NOW = {
  from: new Date(Date.now() - 3_600_000).toISOString(),
  to: new Date(Date.now() + 3_600_000).toISOString(),
};

let world: EngineWorld;
let paths = 0;
beforeAll(async () => {
  world = await startWorld({ redisUrl: null });
});
afterAll(() => world.stop());

const newPath = (): string => `/replayed-${++paths}`;
const operations = (engine: Engine = world.engine) => engine.get(BulkOperations);
const plan = (part: Partial<BulkRequest>, actor = ADMIN): Promise<BulkStory> =>
  operations().plan(
    {
      kind: 'replay',
      filter: {},
      url: null,
      notes: null,
      perSecond: 10_000,
      atOnce: false,
      idempotencyKey: null,
      ...part,
    },
    actor,
  );
const replaying = (appId: string, filter: BulkRequest['filter'] = {}): Partial<BulkRequest> => {
  return { kind: 'replay', filter: { appId, ...AROUND_NOW, ...filter } };
};
const stateOf = async (id: string) => (await operations().get(id, null)).operation;
const itemsOf = (id: string) => operations().items(id, { after: 0, limit: 10_000 }, null);
/** Makes steps in this process until the operation has ended. */
const finished = (id: string, engine: Engine = world.engine) =>
  eventually(
    async () => {
      await engine.get(BulkRunner).run(NEVER);
      const { status, ...rest } = await stateOf(id);
      return (status === 'completed' || status === 'cancelled') && { status, ...rest };
    },
    { what: 'the end of the operation' },
  );
const runToEnd = async (id: string) => {
  await operations().run(id, ADMIN);
  return finished(id);
};
const publish = async (appId: string, type = 'order.created', text = '{"n":1}'): Promise<string> => {
  const [report] = await world.engine.get(PublishEvents).publish([eventRequest({ appId, type, text })]);
  return (report as { eventId: string }).eventId;
};
/** Stores events as if they had been published before there was any subscription. */
const storeEvents = (appId: string | null, count: number, type = 'order.created'): Promise<unknown> =>
  world.rows(
    `INSERT INTO events (id, app_id, type, body, content_type, request_id, directory_version)
     SELECT new_event_id(now() - interval '1 minute' + n * interval '1 ms'), $1, $3, '{}', 'application/json',
       'r', 0 FROM generate_series(1, $2) n`,
    appId,
    count,
    type,
  );
/** A new app with a subscription to `order.*`, paused: its deliveries wait. */
const pausedApp = async (): Promise<{ appId: string; endpointId: string }> => {
  const { appId } = await world.register({}, { ledger: { url: '/ledger', events: ['order.*'] } });
  const { id } = await world.engine.get(Subscriptions).pause(appId, 'ledger', null, PLATFORM);
  return { appId, endpointId: id };
};
const deliveriesOf = (appId: string) =>
  world.rows<Record<string, unknown>>('SELECT * FROM deliveries WHERE app_id = $1 ORDER BY id', appId);
const calls = (path: string) => world.receiver.callsTo(path);

describe('a plan', () => {
  it('has the count, a sample and the endpoints with their breakers, and changes nothing', async () => {
    const { appId, endpointId } = await pausedApp();
    await storeEvents(appId, 7);
    const { operation, sample, endpoints } = await plan(replaying(appId, { result: 'missing' }));
    expect(operation).toMatchObject({ status: 'planned', planned: 7, done: 0, startedAt: null });
    expect(sample).toHaveLength(5);
    expect(endpoints).toMatchObject([
      { endpointId, subscription: 'ledger', items: 7, breaker: 'closed', hold: 'paused' },
    ]);
    expect(await world.engine.get(BulkRunner).run(NEVER)).toBe(0);
    expect(await deliveriesOf(appId)).toEqual([]);
  });

  it.each([
    [
      'a replay without a range of time',
      { kind: 'replay', filter: { appId: 'x' } },
      ['/filter/from', '/filter/to'],
    ],
    ['an empty filter', { kind: 'cancel', filter: {} }, ['/filter']],
    ['a member of another kind', { kind: 'resolve', filter: { result: 'failed' } }, ['/filter/result']],
    [
      'the name of a subscription without its app',
      { kind: 'cancel', filter: { subscription: 'ledger' } },
      ['/filter/appId'],
    ],
    [
      'a URL, unless it is a replay',
      { kind: 'cancel', filter: { appId: 'x' }, url: 'https://x.example' },
      ['/url'],
    ],
  ] as const)('is refused with %s', async (_, request, pointers) => {
    const refused = await plan(request).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BulkFilterInvalidError);
    expect((refused as BulkFilterInvalidError).problems.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('can be run once', async () => {
    const { appId } = await pausedApp();
    const { operation } = await plan(replaying(appId));
    expect(await runToEnd(operation.id)).toMatchObject({ status: 'completed', planned: 0 });
    await expect(operations().run(operation.id, ADMIN)).rejects.toThrow(BulkOperationStateError);
    await expect(operations().cancel(operation.id, ADMIN)).rejects.toThrow(BulkOperationStateError);
  });
});

describe('a replay of many events', () => {
  it('delivers each exactly once, also if a process dies between steps and another while it holds the lease', async () => {
    const { appId, endpointId } = await pausedApp();
    await storeEvents(appId, 2_000);
    const { operation } = await plan(replaying(appId));
    expect(operation).toMatchObject({ status: 'planned', planned: 2_000 });
    await operations().run(operation.id, ADMIN);
    const steps = world.engine.get(StepStore);
    const runner = world.engine.get(BulkRunner);
    // This process makes one step and dies.
    await runner.step((await steps.take())!, false);
    expect(await stateOf(operation.id)).toMatchObject({ status: 'running', done: STEP });
    // The next one takes the lease and dies in the middle of a step.
    await world.rows('UPDATE bulk_operations SET next_at = now() WHERE id = $1', operation.id);
    const dead = (await steps.take())!;
    await steps
      .run(dead, { limit: 100, keep: false }, () => Promise.reject(new Error('killed')))
      .catch(() => undefined);
    const other = await world.startEngine({ consume: false, sweep: false });
    expect(await other.get(BulkRunner).run(NEVER)).toBe(0);
    await world.rows('UPDATE bulk_operations SET leased_until = now() WHERE id = $1', operation.id);
    expect(await finished(operation.id, other)).toMatchObject({ done: 2_000, succeeded: 2_000 });
    // The killed process continues: its token is no longer valid.
    expect(await runner.step(dead, false)).toBeNull();
    const rows = await deliveriesOf(appId);
    expect(rows).toHaveLength(2_000);
    expect(new Set(rows.map((row) => row['event_id'])).size).toBe(2_000);
    expect(
      new Set(rows.map((row) => [row['endpoint_id'], row['operation_id'], row['status']].join())),
    ).toEqual(new Set([[endpointId, operation.id, 'pending'].join()]));
    // In the order of the events.
    const events = rows.map((row) => row['event_id'] as string);
    expect(events).toEqual(events.toSorted());
  });

  it('is shared by several processes, and no event is delivered twice', async () => {
    const { appId } = await pausedApp();
    await storeEvents(appId, 1_000);
    const { operation } = await plan({ ...replaying(appId), perSecond: 100 });
    const others = await Promise.all([
      world.startEngine({ consume: false, sweep: false }),
      world.startEngine({ consume: false, sweep: false }),
    ]);
    await operations().run(operation.id, ADMIN);
    await eventually(async () => {
      await world.rows('UPDATE bulk_operations SET next_at = now() WHERE id = $1', operation.id);
      await Promise.all([world.engine, ...others].map((engine) => engine.get(BulkRunner).run(NEVER)));
      return (await stateOf(operation.id)).status === 'completed';
    });
    const rows = await deliveriesOf(appId);
    expect(rows).toHaveLength(1_000);
    expect(new Set(rows.map((row) => row['event_id'])).size).toBe(1_000);
  });

  it('keeps its rate: a step has one second of items at most, and the next is due when they are used up', async () => {
    const { appId } = await pausedApp();
    await storeEvents(appId, 40);
    const { operation } = await plan({ ...replaying(appId), perSecond: 10 });
    await operations().run(operation.id, ADMIN);
    const runner = world.engine.get(BulkRunner);
    const pace = async () =>
      (
        await world.rows<{ done: number; ahead: number }>(
          `SELECT done, round(extract(epoch FROM next_at - started_at), 2)::float8 AS ahead FROM bulk_operations WHERE id = $1`,
          operation.id,
        )
      )[0]!;
    for (let step = 1; step <= 3; step++) {
      await runner.step((await world.engine.get(StepStore).take())!, false);
      const { done, ahead } = await pace();
      expect(done).toBe(step * 10);
      expect(ahead).toBeGreaterThanOrEqual(step);
      // As if this time had passed.
      await world.rows(
        `UPDATE bulk_operations SET next_at = next_at - interval '1 s', started_at = started_at - interval '1 s' WHERE id = $1`,
        operation.id,
      );
    }
    await operations().cancel(operation.id, ADMIN);
  });

  it('stops within a step when it is cancelled', async () => {
    const { appId } = await pausedApp();
    await storeEvents(appId, 1_200);
    const { operation } = await plan(replaying(appId));
    await operations().run(operation.id, ADMIN);
    const steps = world.engine.get(StepStore);
    const runner = world.engine.get(BulkRunner);
    await runner.step((await steps.take())!, false);
    await world.rows('UPDATE bulk_operations SET next_at = now() WHERE id = $1', operation.id);
    const held = (await steps.take())!;
    expect((await operations().cancel(operation.id, ADMIN)).operation).toMatchObject({
      status: 'cancelled',
      done: STEP,
      finishedAt: expect.any(Date),
    });
    expect(await runner.step(held, false)).toBeNull();
    expect(await runner.run(NEVER)).toBe(0);
    expect(await deliveriesOf(appId)).toHaveLength(STEP);
    expect(
      await operations().items(operation.id, { result: 'waiting', after: 0, limit: 1 }, null),
    ).toMatchObject([{ number: STEP + 1, result: null }]);
  });

  it('is planned no further when it is cancelled meanwhile', async () => {
    const { appId } = await pausedApp();
    await storeEvents(appId, 4_000);
    const { operation } = await plan(replaying(appId));
    expect(operation).toMatchObject({ status: 'planning', planned: 6 * STEP });
    const held = (await world.engine.get(StepStore).take())!;
    await operations().cancel(operation.id, ADMIN);
    expect(await world.engine.get(BulkRunner).step(held, false)).toBeNull();
    expect(await world.engine.get(BulkRunner).run(NEVER)).toBe(0);
    expect(await stateOf(operation.id)).toMatchObject({ status: 'cancelled', planned: 6 * STEP });
    await expect(operations().run(operation.id, ADMIN)).rejects.toThrow(BulkOperationStateError);
    expect(await deliveriesOf(appId)).toEqual([]);
  });

  it('is planned by workers if there are many, and a process that dies meanwhile changes nothing in the plan', async () => {
    const { appId } = await pausedApp();
    await storeEvents(appId, 4_000);
    const { operation } = await plan(replaying(appId));
    expect(operation).toMatchObject({ status: 'planning', planned: 6 * STEP });
    const steps = world.engine.get(StepStore);
    const dead = (await steps.take())!;
    expect(await world.engine.get(BulkRunner).run(NEVER)).toBe(0);
    await world.rows('UPDATE bulk_operations SET leased_until = now() WHERE id = $1', operation.id);
    await world.engine.get(BulkRunner).run(NEVER);
    expect(await world.engine.get(BulkRunner).step(dead, false)).toBeNull();
    expect(await stateOf(operation.id)).toMatchObject({ status: 'planned', planned: 4_000 });
    const [row] = await world.rows<{ items: number; events: number; last: number }>(
      `SELECT count(*)::int AS items, count(DISTINCT subject_id)::int AS events, max(number) AS last
       FROM bulk_items WHERE operation_id = $1`,
      operation.id,
    );
    expect(row).toEqual({ items: 4_000, events: 4_000, last: 4_000 });
  });

  it('is planned in steps, too, and each event is in the plan once', async () => {
    const apps = await Promise.all([pausedApp(), pausedApp(), pausedApp()]);
    const type = `platform.${randomUUID()}`;
    for (const { appId } of apps) {
      const names = Object.fromEntries(
        Array.from({ length: 170 }, (_, n) => [`s${n}`, { url: '/many', events: [type] }]),
      );
      await world.register({}, names, appId);
    }
    await storeEvents(null, 3, type);
    // 1,530 items: the page boundary lies within an event.
    const { operation } = await plan({ filter: { ...AROUND_NOW, types: [type] } });
    expect(operation).toMatchObject({ status: 'planned', planned: 1_530 });
    await operations().cancel(operation.id, ADMIN);
  });
});

describe('a replayed delivery', () => {
  it('is a new one with another webhook-id, marked and linked, and the original does not change', async () => {
    const path = newPath();
    const { appId } = await world.register({}, { s: { url: path, events: ['order.*'] } });
    const eventId = await publish(appId, 'order.created', '{ "n": 1.0 }');
    await eventually(() => calls(path).length === 1);
    const [original] = await eventually(async () => {
      const rows = await deliveriesOf(appId);
      return rows[0]!['status'] === 'completed' && rows;
    });
    const { operation } = await plan(replaying(appId));
    await runToEnd(operation.id);
    await eventually(() => calls(path).length === 2);
    const [before, after] = await eventually(async () => {
      const rows = await deliveriesOf(appId);
      return rows.every((row) => row['status'] === 'completed') && rows;
    });
    expect(before).toEqual(original);
    expect(after).toMatchObject({
      event_id: eventId,
      operation_id: operation.id,
      replay_of: original!['id'],
    });
    expect(calls(path).map(({ body }) => body.toString())).toEqual(['{ "n": 1.0 }', '{ "n": 1.0 }']);
    expect(calls(path)[1]!.headers['webhook-id']).toBe(after!['id']);
    const { deliveries } = await world.engine.get(EventStories).get(eventId, appId);
    expect(deliveries.map(({ replayOf, operationId }) => [replayOf, operationId])).toEqual([
      [null, null],
      [original!['id'], operation.id],
    ]);
    expect(await itemsOf(operation.id)).toMatchObject([
      { number: 1, subjectId: eventId, result: 'succeeded', reason: null, deliveryId: after!['id'] },
    ]);
  });

  it('goes only to subscriptions whose delivery failed, or to those without one, if asked', async () => {
    const [good, bad, late] = [newPath(), newPath(), newPath()];
    world.receiver.on(bad, ({ number }) => ({ status: number === 1 ? 400 : 200 }));
    const { appId } = await world.register(
      {},
      { good: { url: good, events: ['order.*'] }, bad: { url: bad, events: ['order.*'] } },
    );
    await publish(appId);
    await eventually(async () =>
      (await deliveriesOf(appId)).every((row) => row['status'] !== 'pending' && row['finished_at'] !== null),
    );
    await world.register(
      {},
      {
        good: { url: good, events: ['order.*'] },
        bad: { url: bad, events: ['order.*'] },
        late: { url: late, events: ['order.created'] },
      },
      appId,
    );
    const failed = (await plan(replaying(appId, { result: 'failed' }))).operation;
    const missing = (await plan(replaying(appId, { result: 'missing' }))).operation;
    expect([failed.planned, missing.planned]).toEqual([1, 1]);
    await runToEnd(failed.id);
    await runToEnd(missing.id);
    await eventually(() => calls(bad).length === 2 && calls(late).length === 1);
    expect(calls(good)).toHaveLength(1);
    await eventually(async () => (await deliveriesOf(appId)).every((row) => row['status'] !== 'pending'));
    for (const result of ['failed', 'missing'] as const)
      expect((await plan(replaying(appId, { result }))).operation).toMatchObject({ planned: 0 });
  });

  it('is not created if its subscription was disabled or deleted, or has got the event, since the plan', async () => {
    const subscriptions = world.engine.get(Subscriptions);
    const { appId } = await world.register({}, {});
    await storeEvents(appId, 1);
    for (const name of ['disabled', 'deleted', 'delivered', 'fine']) {
      const request = { name, document: { url: '/x', events: ['order.*'] }, paused: true, ownSecret: false };
      await subscriptions.create(appId, request, PLATFORM);
    }
    const { id: delivered } = await subscriptions.get(appId, 'delivered');
    const { operation } = await plan(replaying(appId, { result: 'missing' }));
    expect(operation.planned).toBe(4);
    await subscriptions.disable(appId, 'disabled', 'tests', PLATFORM);
    await subscriptions.remove(appId, 'deleted');
    await runToEnd((await plan(replaying(appId, { subscription: delivered }))).operation.id);
    expect(await runToEnd(operation.id)).toMatchObject({ succeeded: 1, skipped: 1, failed: 2, done: 4 });
    expect(
      (await itemsOf(operation.id)).map(({ result, reason }) => `${result}: ${reason}`).toSorted(),
    ).toEqual([
      'failed: its subscription is disabled',
      'failed: its subscription was deleted',
      'skipped: it has a delivery',
      'succeeded: null',
    ]);
  });

  it('of an event that is no longer stored is a failed item', async () => {
    const { appId } = await pausedApp();
    await storeEvents(appId, 2);
    const { operation } = await plan(replaying(appId));
    await world.rows(
      'DELETE FROM events WHERE id = (SELECT min(id::text)::uuid FROM events WHERE app_id = $1)',
      appId,
    );
    expect(await runToEnd(operation.id)).toMatchObject({ succeeded: 1, failed: 1 });
    expect((await itemsOf(operation.id))[0]).toMatchObject({ reason: 'its event is no longer stored' });
  });

  it('to another URL is signed with the same secret, without the headers of the subscription', async () => {
    const [own, other] = [newPath(), newPath()];
    const { appId, signingSecret } = await world.register(
      {},
      { s: { url: own, events: ['order.*'], headers: { 'x-token': 'secret' } } },
    );
    await publish(appId, 'order.created', '{"to":"other"}');
    await eventually(() => calls(own).length === 1);
    const { operation } = await plan({ ...replaying(appId), url: world.receiver.url + other });
    await runToEnd(operation.id);
    await eventually(() => calls(other).length === 1);
    const [call] = calls(other);
    expect(call!.headers['x-token']).toBeUndefined();
    expect(calls(own)[0]!.headers['x-token']).toBe('secret');
    new Webhook(signingSecret).verify(call!.body.toString(), call!.headers as Record<string, string>);
    expect(calls(own)).toHaveLength(1);
  });

  it('to another URL that fails changes neither the breaker nor the state of the subscription', async () => {
    const [own, other] = [newPath(), newPath()];
    world.receiver.on(other, ({ number }) => ({ status: number === 1 ? 410 : 500 }));
    const { appId } = await world.register(
      {},
      { s: { url: own, events: ['order.*'], retry: { maxAttempts: 1 }, concurrency: 4 } },
    );
    for (let n = 0; n < 8; n++) await publish(appId);
    await eventually(() => calls(own).length === 8);
    const { operation } = await plan({ ...replaying(appId), url: world.receiver.url + other });
    await runToEnd(operation.id);
    await eventually(
      async () => (await deliveriesOf(appId)).filter((row) => row['status'] === 'dead_letter').length === 8,
    );
    const breakers = await world.rows(
      'SELECT * FROM circuit_breaker_state WHERE app_id = $1 AND failure_count > 0',
      appId,
    );
    expect(breakers).toEqual([]);
    expect(await world.rows('SELECT hold, width FROM endpoints WHERE app_id = $1', appId)).toEqual([
      { hold: null, width: 4 },
    ]);
  });
});

describe('a replay of one event', () => {
  it('runs at once, and with the same key once', async () => {
    const { appId } = await pausedApp();
    await storeEvents(appId, 2);
    const [event, another] = await world.rows<{ id: string }>(
      'SELECT id FROM events WHERE app_id = $1',
      appId,
    );
    const replay = (eventId: string) =>
      operations().replayEvent(
        { eventId, appId, subscription: 'ledger', result: 'all', url: null, idempotencyKey: appId },
        ADMIN,
      );
    const { operation, sample } = await replay(event!.id);
    expect(operation).toMatchObject({ status: 'completed', planned: 1, succeeded: 1 });
    expect(sample).toMatchObject([{ subjectId: event!.id, result: 'succeeded' }]);
    expect((await replay(event!.id)).operation.id).toBe(operation.id);
    await expect(replay(another!.id)).rejects.toThrow(IdempotencyConflictError);
    expect(await deliveriesOf(appId)).toHaveLength(1);
  });
});

it('a replay of one event to all subscriptions is refused if it names an app: it would reach other apps', async () => {
  const { appId } = await pausedApp();
  const eventId = await publish(appId);
  const request = { eventId, appId: 'another', subscription: undefined, result: 'all', url: null } as const;
  const refused = operations().replayEvent({ ...request, idempotencyKey: null }, ADMIN);
  await expect(refused).rejects.toMatchObject({ problems: [{ pointer: '/appId', value: 'another' }] });
  expect(await deliveriesOf(appId)).toHaveLength(1);
});

describe('dead letters and waiting deliveries', () => {
  /** An app whose async capability has so many dead letters. */
  const withDeadLetters = async (count: number) => {
    const path = newPath();
    world.receiver.on(path, ({ number }) => ({ status: number <= count ? 400 : 200 }));
    const { appId } = await world.register({ report: { url: path, async: true } });
    const ids = [];
    for (let n = 0; n < count; n++) ids.push(await world.accept(appId, 'report'));
    await eventually(async () => {
      const letters = await world.engine.get(DeadLetters).list({ appId }, 50);
      return letters.length === count;
    });
    return { appId, path, ids };
  };

  it('are redelivered, and an item that is not finished is skipped', async () => {
    const { appId, path, ids } = await withDeadLetters(3);
    const { operation, endpoints } = await plan({ kind: 'redeliver', filter: { appId, types: ['report'] } });
    expect(operation.planned).toBe(3);
    expect(endpoints).toMatchObject([{ capability: 'report', subscription: null, items: 3 }]);
    await world.rows(
      `UPDATE deliveries SET status = 'pending', finished_at = NULL, next_attempt_at = now() + interval '1 h' WHERE id = $1`,
      ids[0],
    );
    expect(await runToEnd(operation.id)).toMatchObject({ succeeded: 2, skipped: 1 });
    await eventually(() => calls(path).length === 5);
    expect(
      await operations().items(operation.id, { result: 'skipped', after: 0, limit: 5 }, null),
    ).toMatchObject([{ subjectId: ids[0], reason: 'it is not finished' }]);
  });

  it('are resolved with the notes, and one that was resolved before is skipped', async () => {
    const { appId } = await withDeadLetters(2);
    const { operation } = await plan({ kind: 'resolve', filter: { appId }, notes: 'not needed' });
    const deadLetters = world.engine.get(DeadLetters);
    const [first] = await deadLetters.list({ appId }, 5);
    await deadLetters.resolve(first!.id, 'somebody', 'by hand');
    expect(await runToEnd(operation.id)).toMatchObject({ succeeded: 1, skipped: 1 });
    const resolved = await deadLetters.list({ appId, state: 'resolved' }, 5);
    expect(resolved.map(({ resolvedBy, notes }) => `${resolvedBy}: ${notes}`).toSorted()).toEqual([
      'admin: not needed',
      'somebody: by hand',
    ]);
  });

  it('are cancelled while they wait, and one that was cancelled before is skipped', async () => {
    const { appId } = await pausedApp();
    for (let n = 0; n < 3; n++) await publish(appId);
    const owner: BulkActor = { name: 'owner', appId };
    const { operation } = await plan({ kind: 'cancel', filter: { subscription: 'ledger' } }, owner);
    expect(operation.planned).toBe(3);
    await publish(appId);
    const [first] = await deliveriesOf(appId);
    await world.engine.get(Deliveries).cancel(first!['id'] as string, appId, 'owner');
    await operations().run(operation.id, owner);
    expect(await finished(operation.id)).toMatchObject({ succeeded: 2, skipped: 1 });
    // The fourth was accepted after the plan.
    const statuses = (await deliveriesOf(appId)).map((row) => row['status']);
    expect(statuses).toEqual(['cancelled', 'cancelled', 'cancelled', 'pending']);
  });

  it('are limited by the filter', async () => {
    const { appId } = await withDeadLetters(2);
    const planned = async (filter: BulkRequest['filter']): Promise<number> =>
      (await plan({ kind: 'redeliver', filter: { appId, ...filter } })).operation.planned;
    expect(await planned({ capability: 'report', reason: 'non_retryable' })).toBe(2);
    expect(await planned({ category: 'RETRYABLE' })).toBe(0);
    expect(await planned({ types: ['other'] })).toBe(0);
    expect(await planned({ to: AROUND_NOW.from })).toBe(0);
    expect(await planned({ from: AROUND_NOW.from })).toBe(2);
  });
});

describe('an app', () => {
  it('sees and changes its own operations only, and they concern its own rows only', async () => {
    const [mine, theirs] = [await pausedApp(), await pausedApp()];
    for (const { appId } of [mine, theirs]) await publish(appId);
    const owner: BulkActor = { name: 'owner', appId: mine.appId };
    const { operation } = await plan({ kind: 'replay', filter: AROUND_NOW }, owner);
    expect((await itemsOf(operation.id)).map(({ appId }) => appId)).toEqual([mine.appId]);
    const cancel = await plan({ kind: 'cancel', filter: { from: AROUND_NOW.from } }, owner);
    expect(cancel.endpoints.map(({ appId }) => appId)).toEqual([mine.appId]);
    const stranger: BulkActor = { name: 'stranger', appId: theirs.appId };
    const { id } = operation;
    await expect(operations().get(id, theirs.appId)).rejects.toThrow(BulkOperationNotFoundError);
    await expect(operations().run(id, stranger)).rejects.toThrow(BulkOperationNotFoundError);
    await expect(operations().cancel(id, stranger)).rejects.toThrow(BulkOperationNotFoundError);
    await expect(operations().items(id, { after: 0, limit: 5 }, theirs.appId)).rejects.toThrow(
      BulkOperationNotFoundError,
    );
    expect(await operations().list({ limit: 50 }, theirs.appId)).toEqual([]);
    expect((await operations().list({ limit: 50 }, mine.appId)).map((one) => one.id)).toEqual([
      cancel.operation.id,
      id,
    ]);
    // The database hides them, too.
    const seen = await world.engine
      .get(PrismaService)
      .as(theirs.appId, async (db) => [await db.bulkOperation.count(), await db.bulkItem.count()]);
    expect(seen).toEqual([0, 0]);
  });

  it('does not replay the event of another', async () => {
    const [mine, theirs] = [await pausedApp(), await pausedApp()];
    const eventId = await publish(theirs.appId);
    const request = { eventId, appId: undefined, subscription: undefined, result: 'all', url: null } as const;
    await expect(
      operations().replayEvent({ ...request, idempotencyKey: null }, { name: 'owner', appId: mine.appId }),
    ).rejects.toThrow(EventNotFoundError);
  });
});
