import { randomUUID } from 'node:crypto';
import { Deliveries } from '@breakwater/delivery';
import { EventStories, PublishEvents } from '@breakwater/events';
import { DisabledEndpoints, EndpointDirectory, Subscriptions, type HoldActor } from '@breakwater/manifest';
import { PeriodicRuns } from '@breakwater/platform';
import { eventRequest } from '@breakwater/testing/event-request.js';
import { caught } from '@breakwater/testing/caught.js';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { noticesIn } from '@breakwater/testing/notices.js';
import { notificationsIn } from '@breakwater/testing/rows.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AutoDisable } from './auto-disable.service.js';
import { DisabledNotices } from './disabled-notices.service.js';
import { FailingSubscriptionsStore } from './failing-subscriptions.store.js';

const owner: HoldActor = { name: 'owner', isPlatform: false };

interface Hour {
  hoursAgo: number;
  calls?: number;
  successes?: number;
}

describe('a subscription', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await startWorld({ redisUrl: null });
  });
  afterAll(() => world.stop());

  const autoDisable = (env: Record<string, string> = {}): AutoDisable =>
    new AutoDisable(
      new FailingSubscriptionsStore(world.database),
      world.engine.get(EndpointDirectory),
      noticesIn(world),
      new PeriodicRuns(world.database),
      world.config(env),
    );
  const notices = (): DisabledNotices =>
    new DisabledNotices(world.engine.get(DisabledEndpoints), noticesIn(world), world.config());
  const subscriptions = (): Subscriptions => world.engine.get(Subscriptions);

  /** An app with a subscription `ledger`, enabled long ago. */
  async function subscribe(url = '/fails'): Promise<{ appId: string; id: string }> {
    const { appId } = await world.register({}, { ledger: { url, events: ['order.*'] } });
    const { id } = await subscriptions().get(appId, 'ledger');
    await world.rows(`UPDATE endpoints SET enabled_at = now() - interval '30 days' WHERE id = $1`, id);
    return { appId, id };
  }
  async function called({ appId, id }: { appId: string; id: string }, hours: Hour[]): Promise<void> {
    for (const { hoursAgo, calls = 5, successes = 0 } of hours)
      await world.rows(
        `INSERT INTO metric_hours (app_id, capability, at, calls, successes, timeouts, ended, ended_attempts)
         VALUES ($1, $2, date_trunc('hour', now() - make_interval(hours => $3), 'UTC'), $4, $5, 0, 0, 0)`,
        appId,
        `endpoint:${id}`,
        hoursAgo,
        calls,
        successes,
      );
  }
  const publish = async (appId: string): Promise<string> => {
    const [report] = await world.engine.get(PublishEvents).publish([eventRequest({ appId })]);
    return (report as { eventId: string }).eventId;
  };
  const noticesOf = (appId: string, kind: string) =>
    notificationsIn(world, `app_id = '${appId}' AND kind = '${kind}'`);
  const textOf = (mail: Record<string, unknown>): string => String(mail['text']).replaceAll(/\s+/g, ' ');

  const failing: Hour[] = [{ hoursAgo: 122 }, { hoursAgo: 60 }, { hoursAgo: 1 }];
  it.each<[title: string, hours: Hour[], becomes: 'disabled' | 'warned' | 'left alone']>([
    ['without a success for five days is disabled', failing, 'disabled'],
    ['is warned about after half of that', [{ hoursAgo: 70 }, { hoursAgo: 1 }], 'warned'],
    ['that has failed for two days is left alone', [{ hoursAgo: 50 }, { hoursAgo: 1 }], 'left alone'],
    [
      'with a success in between is left alone',
      [{ hoursAgo: 122 }, { hoursAgo: 50, successes: 1 }, { hoursAgo: 1 }],
      'left alone',
    ],
    [
      'whose last hour has a success is left alone',
      [...failing.slice(0, 2), { hoursAgo: 1, successes: 1 }],
      'left alone',
    ],
    [
      'with a few calls is left alone',
      [
        { hoursAgo: 122, calls: 1 },
        { hoursAgo: 1, calls: 8 },
      ],
      'left alone',
    ],
    ['without a call in the last day is left alone', failing.slice(0, 2), 'left alone'],
    [
      'that failed long ago, and again now, is left alone',
      [{ hoursAgo: 300 }, { hoursAgo: 1, calls: 50 }],
      'left alone',
    ],
  ])('%s', async (_, hours, becomes) => {
    const one = await subscribe();
    await called(one, hours);
    await autoDisable().run();
    await autoDisable().run();
    expect((await subscriptions().get(one.appId, 'ledger')).status).toBe(
      becomes === 'disabled' ? 'disabled' : 'active',
    );
    // The owner, two admins, and in the application: each once.
    expect(await noticesOf(one.appId, 'subscription_failing')).toHaveLength(becomes === 'warned' ? 4 : 0);
  });

  it('is not disabled when the setting is 0, while it is paused, or with a success that is not counted yet', async () => {
    const [never, paused, recovered] = [await subscribe(), await subscribe(), await subscribe()];
    await called(never, failing);
    expect(await autoDisable({ SUBSCRIPTION_AUTO_DISABLE_DAYS: '0' }).run()).toBe(0);
    expect(await autoDisable({ SUBSCRIPTION_AUTO_DISABLE_DAYS: '6' }).run()).toBe(0);
    expect(await autoDisable().run()).toBe(1);
    await called(paused, failing);
    await subscriptions().pause(paused.appId, 'ledger', null, owner);
    await called(recovered, failing);
    await world.rows(
      `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next)
       VALUES (overlay(uuid_floor(now())::text PLACING right($1, 22) FROM 15)::uuid, 1, $2, $1::uuid, $3, now(), 1,
         'delivered', 'done')`,
      recovered.id,
      recovered.appId,
      `endpoint:${recovered.id}`,
    );
    expect(await autoDisable().run()).toBe(0);
  });

  it('that is disabled keeps its deliveries waiting; enabling it sends them, and restarts the five days', async () => {
    const path = `/ledger-${randomUUID()}`;
    let status = 500;
    world.receiver.on(path, () => ({ status }));
    const one = await subscribe(path);
    const waiting = await publish(one.appId);
    await eventually(() => world.receiver.callsTo(path).length === 1);
    await called(one, failing);
    expect(await autoDisable().run()).toBe(1);
    expect(await subscriptions().get(one.appId, 'ledger')).toMatchObject({
      status: 'disabled',
      hold: 'disabled',
      disabledBy: null,
      disabledReason: expect.stringMatching(/^all of its 15 calls since .* UTC failed$/),
    });
    const later = await publish(one.appId);
    const story = (id: string) => world.engine.get(EventStories).get(id, null);
    expect((await story(later)).skipped).toMatchObject([{ name: 'ledger', reason: 'disabled' }]);
    expect((await story(waiting)).deliveries).toMatchObject([{ status: 'pending' }]);
    status = 200;
    await subscriptions().enable(one.appId, 'ledger', owner);
    await eventually(async () => (await story(waiting)).deliveries[0]?.status === 'completed', {
      limitMs: 20_000,
    });
    await called(one, [{ hoursAgo: 2, calls: 50 }]);
    expect(await autoDisable().run()).toBe(0);
  });

  it('whose receiver answers 410 is disabled, and people are notified once, with what to do', async () => {
    const path = `/gone-${randomUUID()}`;
    world.receiver.on(path, { status: 410 });
    const { appId } = await subscribe(path);
    const event = await publish(appId);
    await eventually(async () => (await subscriptions().get(appId, 'ledger')).status === 'disabled');
    const letter = await eventually(async () => {
      const [delivery] = (await world.engine.get(EventStories).get(event, null)).deliveries;
      return delivery?.status === 'dead_letter' && delivery;
    });
    expect((await world.engine.get(EventStories).get(await publish(appId), null)).skipped).toMatchObject([
      { name: 'ledger', reason: 'disabled' },
    ]);
    await Promise.all([notices().run(), notices().run(), notices().run()]);
    const mails = await noticesOf(appId, 'endpoint_disabled');
    expect(mails.map(({ recipient }) => String(recipient)).toSorted()).toEqual([
      'Boss@platform.example',
      appId,
      'ops@platform.example',
      'owner@example.com',
    ]);
    const mail = textOf(mails.find(({ recipient }) => recipient === 'owner@example.com')!);
    expect(mail).toContain('disabled subscription ledger of Quiz because it answered 410 Gone');
    expect(mail).toContain(`breakwater subscriptions enable ${appId} ledger`);
    const refusal = async (): Promise<string> =>
      (await caught(world.engine.get(Deliveries).redeliver(letter.id, null, 'ops'))).message;
    expect(await refusal()).toContain(
      `subscription "ledger" of app "${appId}" is disabled (it answered 410 Gone); enable it (breakwater subscriptions enable ${appId} ledger)`,
    );
    await subscriptions().enable(appId, 'ledger', owner);
    expect(await notices().run()).toBe(0);
    await world.register({}, {}, appId);
    expect(await refusal()).toContain('its subscription was deleted');
  });

  it('that an admin disables creates no notice', async () => {
    const { appId } = await subscribe();
    await subscriptions().disable(appId, 'ledger', 'tests', { name: 'ops', isPlatform: true });
    expect(await noticesOf(appId, 'endpoint_disabled')).toEqual([]);
    await notices().run();
    expect(await noticesOf(appId, 'endpoint_disabled')).toEqual([]);
  });

  it('a capability whose receiver answers 410 is reported too', async () => {
    const { appId } = await world.register({ report: { url: '/report', async: true } });
    const { id } = await world.endpoint(appId, 'report');
    await world.engine.get(EndpointDirectory).disableEndpoint(id, 'it answered 410 Gone');
    await notices().run();
    const mails = await noticesOf(appId, 'endpoint_disabled');
    const mail = mails.find(({ recipient }) => recipient === 'owner@example.com')!;
    expect(mail['subject']).toBe('Disabled: report of Quiz');
    expect(textOf(mail)).toContain(`breakwater enable ${appId} report`);
  });
});
