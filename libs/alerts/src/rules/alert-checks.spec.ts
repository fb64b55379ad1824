import { newId, PeriodicRuns, PrismaService } from '@breakwater/platform';
import { StoredKeys } from '@breakwater/manifest';
import { Notices } from '@breakwater/notifications';
import { noticesIn } from '@breakwater/testing/notices.js';
import { addApp, clearTables, notificationsIn } from '@breakwater/testing/rows.js';
import { windowsOver } from '@breakwater/testing/windows.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AlertRules } from './alert-rules.service.js';
import { OverallHealthReader } from '../overall-health/overall-health.service.js';
import { OverallHealthStore } from '../overall-health/overall-health.store.js';
import { AlertChecks } from './alert-checks.service.js';
import { AlertRehearsal } from './alert-rehearsal.service.js';
import { AlertRuleStore } from './alert-rule.store.js';
import { AlertStore } from './alert.store.js';
import { Alerts, type AlertView } from './alerts.store.js';
import { Readings } from './readings.service.js';
import { ReadingsStore } from './readings.store.js';

const never = new AbortController().signal;

describe('alerts', () => {
  let world: World;
  let prisma: PrismaService;
  let rules: AlertRules;
  beforeAll(async () => {
    world = await World.start();
    prisma = new PrismaService(world.database);
    rules = new AlertRules(new AlertRuleStore(prisma), new AlertStore(world.database));
  });
  beforeEach(async () => {
    await clearTables(world);
    for (const table of [
      'alerts',
      'circuit_breaker_state',
      'app_health_status',
      'deliveries',
      'attempts',
      'apps',
    ])
      await query(`DELETE FROM ${table}`);
    await query('UPDATE alert_rules SET enabled = true');
    await addApp(world, 'quiz');
  });
  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await world.stop();
  });

  const query = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    (await world.database.pool.query(text, values)).rows as Record<string, unknown>[];
  function checks(database = world.database, notices: Notices = noticesIn(world)): AlertChecks {
    const readings = new Readings(new ReadingsStore(database), windowsOver(database));
    return new AlertChecks(
      new AlertStore(database),
      readings,
      notices,
      new PeriodicRuns(database),
      world.config(),
    );
  }
  const evaluate = (): Promise<void> => checks().run(never);
  const rehearsal = (): AlertRehearsal =>
    new AlertRehearsal(
      new AlertStore(world.database),
      new Readings(new ReadingsStore(world.database), windowsOver(world.database)),
    );
  const alerts = (filter: object = {}): Promise<AlertView[]> =>
    new Alerts(prisma).list({ limit: 50, ...filter });
  const told = async (): Promise<string[]> =>
    (await notificationsIn(world, `channel = 'in_app'`)).map(({ kind, capability, app_id }) =>
      [kind, app_id, capability].filter(Boolean).join(' '),
    );
  const seeded = async (type: string): Promise<string> =>
    (await query('SELECT id FROM alert_rules WHERE type = $1', [type]))[0]!['id'] as string;
  const only = (type: string): Promise<unknown> =>
    query('UPDATE alert_rules SET enabled = (type = $1)', [type]);
  /** Calls that were just made. */
  async function calls(
    number: number,
    outcome: string,
    options: { app?: string; attempts?: number; ms?: number } = {},
  ) {
    const { app = 'quiz', attempts = 1, ms = 10 } = options;
    await query(
      `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next)
       SELECT ('01' || substr(md5(random()::text || n), 3))::uuid, $5, $2, gen_random_uuid(), 'answer', now(), $4, $3, 'done'
       FROM generate_series(1, $1) n`,
      [number, app, outcome, ms, attempts],
    );
  }
  const deadLetters = (number: number): Promise<unknown> =>
    query(
      `INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, delivery_id, endpoint_id, category, reason)
       SELECT gen_random_uuid(), 'quiz', 'answer', '', 1, gen_random_uuid(), gen_random_uuid(), 'RETRYABLE', 'exhausted'
       FROM generate_series(1, $1)`,
      [number],
    );

  it('are seeded with the documented defaults', async () => {
    const seeds = (await rules.list(50)).map(
      ({ type, threshold, windowMs, minSamples, cooldownSeconds, enabled }) => ({
        type,
        threshold,
        windowMs,
        minSamples,
        cooldownSeconds,
        enabled,
      }),
    );
    const common = { windowMs: 3_600_000, minSamples: 20, cooldownSeconds: 3600, enabled: true };
    expect(seeds.sort((a, b) => a.type.localeCompare(b.type))).toEqual([
      { type: 'app_health', threshold: 3, ...common },
      { type: 'avg_attempts', threshold: 2, ...common },
      { type: 'circuit_open', threshold: 1, ...common },
      { type: 'dlq_size', threshold: 10, ...common },
      { type: 'queue_depth', threshold: 100, ...common },
      { type: 'response_time', threshold: 5000, ...common },
      { type: 'success_rate', threshold: 95, ...common },
    ]);
  });

  it('of a success rate fire once, with their numbers, and resolve once', async () => {
    await only('success_rate');
    await calls(10, 'delivered');
    await calls(15, 'timeout');
    for (let time = 0; time < 3; time++) await evaluate();
    expect(await told()).toEqual(['alert_firing quiz']);
    const [firing] = await alerts();
    expect(firing).toMatchObject({
      appId: 'quiz',
      capability: null,
      status: 'firing',
      valueAtFiring: 40,
      samples: 25,
      threshold: 95,
      resolvedAt: null,
      ruleName: 'Success rate of an app',
    });
    await calls(475, 'delivered');
    await evaluate();
    await evaluate();
    expect(await told()).toEqual(['alert_firing quiz', 'alert_resolved quiz']);
    const [resolved] = await alerts({ status: 'resolved' });
    expect(resolved).toMatchObject({
      id: firing!.id,
      resolvedReason: 'recovered',
      worstValue: 40,
      lastValue: 97,
    });
    expect(await alerts({ status: 'firing' })).toEqual([]);
  });

  it('within the cooldown are cases of their own, and notify nobody', async () => {
    await only('dlq_size');
    await deadLetters(11);
    await evaluate();
    await query('DELETE FROM webhook_dead_letter_queue');
    await evaluate();
    await deadLetters(12);
    await evaluate();
    expect((await alerts()).map(({ status, notifiedAt }) => [status, notifiedAt !== null])).toEqual([
      ['firing', false],
      ['resolved', true],
    ]);
    expect(await told()).toEqual(['alert_firing', 'alert_resolved']);
    // The cooldown is over: the case still fires, and now people are notified.
    await query(`UPDATE alerts SET notified_at = notified_at - interval '1 hour'`);
    await evaluate();
    await evaluate();
    expect(await told()).toEqual(['alert_firing', 'alert_resolved', 'alert_firing']);
  });

  it('need 20 calls, and end when their calls are out of the window', async () => {
    await only('success_rate');
    await calls(19, 'timeout');
    await evaluate();
    expect(await alerts()).toEqual([]);
    await calls(1, 'timeout');
    await evaluate();
    expect(await alerts({ status: 'firing' })).toHaveLength(1);
    await query('DELETE FROM attempts');
    await evaluate();
    expect(await alerts()).toMatchObject([{ status: 'resolved', resolvedReason: 'no_samples' }]);
    expect(await told()).toEqual(['alert_firing quiz', 'alert_resolved quiz']);
  });

  it('watch slow answers, repeated attempts, waiting deliveries, breakers and health', async () => {
    await calls(30, 'delivered', { ms: 6000, attempts: 3 });
    await query(
      `INSERT INTO circuit_breaker_state (app_id, capability, state, retry_at) VALUES ('quiz', 'answer', 'open', now())`,
    );
    await query(
      `INSERT INTO app_health_status (app_id, status, consecutive_failures, next_check_at) VALUES ('quiz', 'unhealthy', 3, now())`,
    );
    await query(
      `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
         status, next_attempt_at)
       SELECT ('01' || substr(md5(n::text), 3))::uuid, 'quiz', gen_random_uuid(), 'answer', 'event', 'async', 'r', '', 'x',
         1000, 'pending', now() - interval '2 minutes' FROM generate_series(1, 100) n`,
    );
    await evaluate();
    const firing = (await alerts()).map(
      (each) => `${each.type} ${each.appId}/${each.capability} ${each.valueAtFiring}`,
    );
    expect(firing.sort()).toEqual([
      'app_health quiz/null 3',
      'avg_attempts quiz/null 3',
      'circuit_open quiz/answer 1',
      'queue_depth null/null 100',
      expect.stringMatching(/^response_time quiz\/null (59|60)\d\d/),
    ]);
    const channels = async (type: string): Promise<unknown> =>
      (await notificationsIn(world, `kind = 'alert_firing' AND data->>'type' = '${type}'`))
        .map(({ channel }) => String(channel))
        .sort();
    expect(await channels('circuit_open')).toEqual(['in_app']);
    expect(await channels('response_time')).toEqual(['email', 'email', 'email', 'in_app']);
    expect(await channels('queue_depth')).toEqual(['email', 'email', 'in_app']);
    const health = await new OverallHealthReader(
      new OverallHealthStore(world.database),
      new ReadingsStore(world.database),
      windowsOver(world.database),
      new StoredKeys(world.database, world.config()),
    ).read();
    expect(health.status).toBe('degraded');
    expect([...new Set(health.reasons.map(({ code }) => code))].sort()).toEqual([
      'ALERT_FIRING',
      'APP_UNHEALTHY',
      'CIRCUIT_OPEN',
      'QUEUE_DEEP',
    ]);
    expect(health.snapshot).toMatchObject({
      calls: 30,
      successes: 30,
      waiting: 100,
      activeApps: 1,
      oldestWaitingMs: 0,
    });
    await query('DELETE FROM circuit_breaker_state');
    await query('DELETE FROM app_health_status');
    await query('DELETE FROM deliveries');
    await evaluate();
    expect((await alerts({ status: 'firing' })).map(({ type }) => type).sort()).toEqual([
      'avg_attempts',
      'response_time',
    ]);
  });

  it('are decided once, however many processes decide', async () => {
    await only('dlq_size');
    await deadLetters(50);
    const leaders = Array.from({ length: 5 }, () => checks(world.node()));
    await Promise.all(leaders.map((each) => each.run(never)));
    expect(await alerts()).toHaveLength(1);
    expect(await told()).toEqual(['alert_firing']);
  });

  it('whose notice cannot be stored are not stored, and the other rules are still evaluated', async () => {
    await deadLetters(50);
    await query(
      `INSERT INTO circuit_breaker_state (app_id, capability, state, retry_at) VALUES ('quiz', 'answer', 'open', now())`,
    );
    class Failing extends Notices {
      async notify(...[transaction, notice]: Parameters<Notices['notify']>): Promise<number> {
        if (notice.appId === null) throw new Error('no room');
        return noticesIn(world).notify(transaction, notice);
      }
    }
    await expect(checks(world.database, new Failing()).run(never)).rejects.toThrow(
      'Dead letters waiting: no room',
    );
    expect((await alerts()).map(({ type }) => type)).toEqual(['circuit_open']);
    await evaluate();
    expect((await alerts()).map(({ type }) => type).sort()).toEqual(['circuit_open', 'dlq_size']);
  });

  it('are evaluated when they are due, by one process of all', async () => {
    await only('dlq_size');
    const done = await Promise.all(Array.from({ length: 3 }, () => checks(world.node()).runIfDue(never)));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await checks().runIfDue(never)).toBe(false);
    await expect(checks().run(AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('of a rule that is switched off or deleted end, and nobody is notified', async () => {
    const rule = {
      type: 'dlq_size',
      appId: null,
      capability: null,
      threshold: 1,
      windowMs: 60_000,
      minSamples: 1,
    } as const;
    const options = { cooldownSeconds: 0, channels: [], enabled: true };
    const off = await rules.create({ ...rule, ...options, name: 'Off' }, 'ops');
    const gone = await rules.create({ ...rule, ...options, name: 'Gone' }, 'ops');
    await deadLetters(2);
    await evaluate();
    expect((await told()).length).toBe(2);
    await rules.update(off.id, { enabled: false });
    await rules.remove(gone.id);
    expect((await alerts()).map(({ status, resolvedReason }) => `${status} ${resolvedReason}`)).toEqual([
      'resolved rule_off',
      'resolved rule_off',
    ]);
    await evaluate();
    expect((await told()).length).toBe(2);
    await expect(rules.get(gone.id)).rejects.toMatchObject({ code: 'ALERT_RULE_NOT_FOUND' });
    await rules.remove(off.id);
  });

  it('can be rehearsed, which changes nothing', async () => {
    const id = await seeded('success_rate');
    await rules.update(id, { enabled: false });
    await calls(25, 'timeout');
    await addApp(world, 'calm');
    await calls(5, 'delivered', { app: 'calm' });
    const { subjects } = await rehearsal().of(id);
    expect(
      subjects
        .map(({ appId, evaluation, step }) => [appId, evaluation.kind, step.do, step.notify].join(' '))
        .sort(),
    ).toEqual(['calm too_few_samples nothing false', 'quiz firing open true']);
    expect(await alerts()).toEqual([]);
    expect(await told()).toEqual([]);
    await expect(rehearsal().of(newId())).rejects.toMatchObject({ code: 'ALERT_RULE_NOT_FOUND' });
    await expect(rehearsal().of('nonsense')).rejects.toMatchObject({ code: 'ALERT_RULE_NOT_FOUND' });
  });

  it('are listed by status, rule and app, page by page', async () => {
    await deadLetters(11);
    await query(
      `INSERT INTO circuit_breaker_state (app_id, capability, state, retry_at)
       VALUES ('quiz', 'a', 'open', now()), ('quiz', 'b', 'open', now())`,
    );
    await evaluate();
    expect(await alerts({ appId: 'quiz' })).toHaveLength(2);
    expect(await alerts({ ruleId: await seeded('dlq_size') })).toHaveLength(1);
    const [first] = await alerts({ limit: 1 });
    const rest = await alerts({ after: first });
    expect(rest).toHaveLength(2);
    expect(rest.map(({ id }) => id)).not.toContain(first!.id);
  });

  it.each([
    ['for a missing app', { appId: 'nobody' }, '/appId'],
    ['for a capability that no app has', { capability: 'nothing' }, '/capability'],
    ['for a capability that the app does not have', { appId: 'quiz', capability: 'nothing' }, '/capability'],
    ['with a threshold out of range', { threshold: -1 }, '/threshold'],
  ])('have no rule %s', async (_, change, pointer) => {
    const rule = {
      name: 'R',
      type: 'dlq_size',
      appId: null,
      capability: null,
      threshold: 1,
      windowMs: 60_000,
    } as const;
    const options = { minSamples: 1, cooldownSeconds: 0, channels: [], enabled: true };
    await expect(rules.create({ ...rule, ...options, ...change }, 'ops')).rejects.toMatchObject({
      code: 'ALERT_RULE_INVALID',
      problems: [{ pointer }],
    });
  });

  it('rules are listed page by page and changed, except for what they watch', async () => {
    const all = await rules.list(50);
    const [first] = await rules.list(1);
    expect(await rules.list(50, first!.id)).toEqual(all.slice(1));
    const changed = await rules.update(first!.id, {
      name: 'Mine',
      channels: ['slack', 'email'],
      cooldownSeconds: 60,
    });
    expect(changed).toMatchObject({
      name: 'Mine',
      channels: ['slack', 'email'],
      cooldownSeconds: 60,
      type: first!.type,
    });
    await rules.update(first!.id, { name: first!.name, channels: first!.channels, cooldownSeconds: 3600 });
    await expect(rules.update(first!.id, { threshold: -5 })).rejects.toMatchObject({
      code: 'ALERT_RULE_INVALID',
    });
    await expect(rules.update(newId(), {})).rejects.toMatchObject({ code: 'ALERT_RULE_NOT_FOUND' });
    await expect(rules.remove('nonsense')).rejects.toMatchObject({ code: 'ALERT_RULE_NOT_FOUND' });
  });
});
