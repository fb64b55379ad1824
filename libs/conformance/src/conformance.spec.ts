import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { EventTypes } from '@breakwater/events';
import { AppNotFoundError, EndpointDirectory, Subscriptions } from '@breakwater/manifest';
import { newId } from '@breakwater/platform';
import { CHECKS } from './checks/checks.js';
import {
  ConformancePayloadTooLargeError,
  ConformanceRunNotFoundError,
  ConformanceRunningError,
  ConformanceTargetInvalidError,
} from './conformance.error.js';
import { CORRECT_APPS } from './fixtures/correct-apps.fixture.js';
import { FAULTS, FaultyApps, type Fault } from './fixtures/faulty-app.fixture.js';
import type { ConformanceRun } from './run/conformance-run.js';
import { Conformance, type RunAsked } from './run/conformance.service.js';

/** Longest deadline of the apps, ms: only the one that hangs needs it. */
const TIMEOUT_MS = 2_000;

let world: EngineWorld;
const apps = new FaultyApps();
let url: string;
beforeAll(async () => {
  world = await startWorld({ redisUrl: null, consume: false });
  url = await apps.listen();
});
afterAll(async () => {
  await apps.close();
  await world.stop();
});

const conformance = (): Conformance => world.engine.get(Conformance);

interface Made {
  appId: string;
  place: ReturnType<FaultyApps['add']>;
}

/** An app with one capability. */
async function app(fault: Fault | null, webhook: object = {}): Promise<Made> {
  const path = `/${newId()}`;
  const capability = { url: `${url}${path}`, timeout: TIMEOUT_MS, ...webhook };
  const { appId, signingSecret } = await world.register({ answer: capability });
  return { appId, place: apps.add(path, fault, signingSecret) };
}

async function over(appId: string, asked: RunAsked = {}): Promise<ConformanceRun> {
  const { id } = await conformance().start(appId, asked, 'test');
  return ended(appId, id);
}

async function ended(appId: string, id: string): Promise<ConformanceRun> {
  return eventually(async () => {
    const run = await conformance().get(appId, id);
    expect(run.state).not.toBe('running');
    return run;
  });
}

const failedOf = ({ results }: ConformanceRun): string[] =>
  results.filter(({ state }) => state === 'failed').map(({ id }) => id);

describe('a run', () => {
  it.concurrent.each(Object.entries(FAULTS) as [Fault, string][])(
    'finds what is wrong with an app that %s, and nothing else: %s',
    async (fault, check) => {
      const { appId } = await app(fault);
      const run = await over(appId);
      expect(failedOf(run)).toEqual([check]);
      expect(run).toMatchObject({ state: 'failed', failed: 1, total: 20 });
      expect(run.results.find(({ id }) => id === check)?.remedy).toMatch(/^[A-Z].+\.$/);
    },
  );

  it.concurrent('finds nothing at an app of plain Node that verifies as the guide says', async () => {
    const { appId, place } = await app(null);
    const run = await over(appId);
    expect(run).toMatchObject({ state: 'passed', passed: 20, failed: 0, skipped: 0, kept: false });
    expect(run.results.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
    expect(place).toMatchObject({ calls: 20, marked: 20 });
    for (const { remedy, seen } of run.results) expect([remedy, seen.length > 0]).toEqual([null, true]);
  });

  it.concurrent.each(CORRECT_APPS)('finds nothing at an app of %s', async (_, start) => {
    let secret = '';
    const server = await start(() => secret);
    try {
      const { appId, signingSecret } = await world.register({ answer: { url: server.url } });
      secret = signingSecret;
      const run = await over(appId);
      expect(failedOf(run)).toEqual([]);
      expect(run).toMatchObject({ state: 'passed', passed: 20 });
    } finally {
      await server.stop();
    }
  });

  it.concurrent(
    'finds nothing at a subscription with a secret of its own, also if it is paused',
    async () => {
      const { appId } = await app(null);
      const { place, name } = await subscription(appId);
      await world.engine.get(Subscriptions).pause(appId, name, null, { name: 'test', isPlatform: true });
      const run = await over(appId, { subscription: name, payload: { total: 12 }, keep: true });
      expect(run).toMatchObject({ state: 'passed', passed: 20, kept: true, createdBy: 'test' });
      expect(run.target).toEqual({ kind: 'subscription', name });
      expect(place.marked).toBe(20);
    },
  );

  it.concurrent('calls the URL, also while a developer answers the calls of the app', async () => {
    const { appId, place } = await app(null);
    await world.rows(
      `INSERT INTO listeners (id, app_id, answers_calls, process_id, started_by, expires_at)
       VALUES (gen_random_uuid(), $1, true, gen_random_uuid(), 'laptop', now() + interval '1 hour')`,
      appId,
    );
    await world.engine.get(EndpointDirectory).announce(appId);
    expect(await over(appId)).toMatchObject({ state: 'passed', passed: 20 });
    expect(place.calls).toBe(20);
  });

  it.concurrent('leaves no delivery and no mark on the breaker', async () => {
    const { appId } = await app('refuses all');
    const other = await app('throws at what is not JSON');
    await Promise.all([over(appId), over(other.appId)]);
    for (const table of ['deliveries', 'attempts', 'circuit_breaker_state', 'webhook_dead_letter_queue'])
      expect(await world.rows(`SELECT 1 FROM ${table} WHERE app_id IN ($1, $2)`, appId, other.appId)).toEqual(
        [],
      );
  });

  it.concurrent('makes one call at a time where the endpoint gets one at a time', async () => {
    const { appId, place } = await app('fails while it is busy', { concurrency: 1 });
    const run = await over(appId);
    expect(run).toMatchObject({ state: 'passed', passed: 19, skipped: 1 });
    expect(place.calls).toBe(15);
  });

  it.concurrent('is refused while another one of the app is in progress', async () => {
    const { appId } = await app('hangs');
    const { id } = await conformance().start(appId, {}, 'test');
    expect(await conformance().get(appId, id)).toMatchObject({
      state: 'running',
      endedAt: null,
      results: [],
    });
    await expect(conformance().start(appId, {}, 'test')).rejects.toThrow(ConformanceRunningError);
    await ended(appId, id);
    expect(await over(appId)).toMatchObject({ state: 'failed', skipped: 19 });
  });

  it.concurrent('is refused without an endpoint, and with a payload that leaves no room', async () => {
    const { appId } = await app(null);
    await subscription(appId);
    await expect(conformance().start(appId, {}, 'test')).rejects.toThrow(ConformanceTargetInvalidError);
    const payload = { text: 'x'.repeat(600_000) };
    await expect(conformance().start(appId, { capability: 'answer', payload }, 'test')).rejects.toThrow(
      ConformancePayloadTooLargeError,
    );
    await expect(conformance().start('nobody', {}, 'test')).rejects.toThrow(AppNotFoundError);
  });
});

describe('without a payload', () => {
  it.concurrent.each([
    [
      'the example of an event type is sent',
      { type: 'order.created', total: 12 },
      { type: 'order.created', total: 12 },
    ],
    ['a sample is sent where the example is no object', 'nothing', { test: true }],
  ])('%s', async (_, example, expected) => {
    const type = `order.t${newId().replaceAll('-', '')}`;
    await world.engine
      .get(EventTypes)
      .put({ name: type, description: '', example, schema: undefined, mode: 'warn' });
    const { appId, place } = await app(null);
    expect(await over(appId, { eventType: type })).toMatchObject({ state: 'passed' });
    expect(place.first).toMatchObject(expected);
  });
});

describe('the runs of an app', () => {
  it.concurrent('are its own, the newest first', async () => {
    const [mine, other] = [await app(null), await app(null)];
    const first = await over(mine.appId);
    const second = await over(mine.appId);
    const { results: _results, ...summary } = second;
    const list = await conformance().list(mine.appId);
    expect(list[0]).toEqual(summary);
    expect(list.map(({ id }) => id)).toEqual([second.id, first.id]);
    await expect(conformance().get(other.appId, first.id)).rejects.toThrow(ConformanceRunNotFoundError);
    await expect(conformance().get(mine.appId, 'no id')).rejects.toThrow(ConformanceRunNotFoundError);
    await expect(conformance().list('nobody')).rejects.toThrow(AppNotFoundError);
  });

  it.concurrent('are the newest 20, and those that people keep', async () => {
    const { appId } = await app('refuses all');
    await past(appId, { count: 25, kept: false });
    await past(appId, { count: 3, kept: true });
    const { id } = await over(appId);
    const list = await conformance().list(appId);
    expect(list[0]!.id).toBe(id);
    expect([list.length, list.filter(({ kept }) => kept).length]).toEqual([23, 3]);
  });

  it.concurrent('are interrupted when nobody works on them any more, and make way for the next', async () => {
    const { appId } = await app('refuses all');
    await past(appId, { count: 1, kept: false, state: 'running' });
    expect((await conformance().list(appId))[0]).toMatchObject({ state: 'interrupted' });
    await over(appId);
    expect((await conformance().list(appId))[1]).toMatchObject({
      state: 'interrupted',
      endedAt: expect.any(Date),
    });
  });

  it('end as interrupted with their process', async () => {
    const engine = await world.startEngine({ consume: false });
    const { appId } = await app('hangs');
    const { id } = await engine.get(Conformance).start(appId, {}, 'test');
    await engine.stop();
    expect(await conformance().get(appId, id)).toMatchObject({ state: 'interrupted', results: [] });
  });
});

/** Runs of hours ago. */
async function past(
  appId: string,
  { count, kept, state = 'passed' }: { count: number; kept: boolean; state?: string },
): Promise<void> {
  for (let n = 0; n < count; n++)
    await world.rows(
      `INSERT INTO conformance_runs (id, app_id, target_kind, target, state, kept, created_by, started_at)
       VALUES ($1, $2, 'capability', 'answer', $3, $4, 'test', now() - interval '3 hours')`,
      newId(),
      appId,
      state,
      kept,
    );
}

/** A subscription of the app with a secret of its own. */
async function subscription(appId: string): Promise<{ name: string; place: Made['place'] }> {
  const path = `/${newId()}`;
  const document = { url: `${url}${path}`, events: ['order.*'] };
  const { signingSecret } = await world.engine
    .get(Subscriptions)
    .create(
      appId,
      { name: 'ledger', document, paused: false, ownSecret: true },
      { name: 'test', isPlatform: true },
    );
  return { name: 'ledger', place: apps.add(path, null, signingSecret!) };
}
