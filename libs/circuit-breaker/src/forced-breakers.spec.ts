import { Database, HintBus, PrismaService } from '@breakwater/platform';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BreakerAdmin } from './breaker-admin.service.js';
import { BreakerAdminStore } from './breaker-admin.store.js';
import { BreakerForcedError } from './breaker-forced.error.js';
import { BreakerNotFoundError } from './breaker-not-found.error.js';
import { BreakerStore } from './breaker.store.js';
import { CircuitBreakers } from './circuit-breakers.service.js';

const policy = { failureThreshold: 2, recoveryTimeoutMs: 60_000, successThreshold: 1 };
const failure = { judged: 'failure', reason: 'http 503' } as const;
const success = { judged: 'success' } as const;

describe('a forced breaker', () => {
  let test: TestDatabase;
  let database: Database;
  let prisma: PrismaService;
  let hints: HintBus;
  /** Two processes. */
  let here: CircuitBreakers;
  let there: CircuitBreakers;
  let admin: BreakerAdmin;
  let name = 0;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Database({ url: test.url, poolMax: 4 });
    prisma = new PrismaService(database);
    hints = new HintBus(database);
    const process = (processName: string): CircuitBreakers =>
      new CircuitBreakers(new BreakerStore(database), hints, { mode: 'enforce', processName });
    [here, there] = [process('here'), process('there')];
    admin = new BreakerAdmin(new BreakerAdminStore(database, prisma), here);
    await hints.onModuleInit();
    await here.onModuleInit();
    await there.onModuleInit();
    await database.pool.query(
      `INSERT INTO apps (id, name, owner_email, base_url, manifest_version)
       VALUES ('quiz', 'App', 'o@x.example', 'https://x.example', 1)`,
    );
  });
  afterAll(async () => {
    here.onModuleDestroy();
    there.onModuleDestroy();
    await hints.onModuleDestroy();
    await prisma.onApplicationShutdown();
    await database.onApplicationShutdown();
    await test.drop();
  });
  const newKey = async (): Promise<{ appId: string; capability: string }> => {
    const key = { appId: 'quiz', capability: `answer_${++name}` };
    await database.pool.query(
      `INSERT INTO endpoints (id, app_id, kind, capability, url, async)
       VALUES (gen_random_uuid(), 'quiz', 'capability', $1, 'https://x.example', false)`,
      [key.capability],
    );
    return key;
  };
  const call = async (
    breakers: CircuitBreakers,
    key: Awaited<ReturnType<typeof newKey>>,
    result: typeof failure | typeof success,
  ): Promise<string> => {
    const admission = await breakers.admit(key, policy, 1000);
    await breakers.report(admission, result);
    return admission.kind;
  };
  const by = { actor: 'ops', reason: 'Their data center moves.' };
  const force = (key: Awaited<ReturnType<typeof newKey>>, state: 'open' | 'closed'): Promise<void> =>
    admin.order(key, { type: 'force', state }, by);
  const automatic = (key: Awaited<ReturnType<typeof newKey>>): Promise<void> =>
    admin.order(key, { type: 'automatic' }, { actor: 'ann', reason: 'The move is done.' });

  it('open refuses in every process, although it never failed, and tells who, since when and why', async () => {
    const key = await newKey();
    await force(key, 'open');
    await eventually(() => there.stateOf(key) === 'open', { what: 'the other process knows' });
    const refused = await there.admit(key, policy, 1000);
    expect(refused).toMatchObject({ kind: 'refused', retryInMs: policy.recoveryTimeoutMs });
    expect(there.admitAtOnce(key, policy)).toMatchObject({ kind: 'refused' });
    const { breaker, history } = await admin.get(key);
    expect(breaker).toMatchObject({
      state: 'open',
      forced: 'open',
      forcedBy: 'ops',
      forcedReason: 'Their data center moves.',
      forcedAt: expect.any(Date) as Date,
      openedAt: expect.any(Date) as Date,
      retryAt: null,
    });
    expect(history).toMatchObject([
      { fromState: 'closed', toState: 'open', cause: 'forced_open', actor: 'ops', note: by.reason },
    ]);
    expect(await admin.list({ limit: 100, forced: true })).toMatchObject([key]);
  });

  it('open is not brought forward by a healthy app, not claimed for a probe and not reset', async () => {
    const key = await newKey();
    await force(key, 'open');
    expect(await here.probeSoon('quiz')).not.toContain(key.capability);
    const claim = { key, token: crypto.randomUUID(), leaseMs: 1000, holder: 'here' };
    expect(await new BreakerStore(database).claimProbe(claim)).toBeNull();
    await expect(admin.reset(key, 'ops')).rejects.toThrow(BreakerForcedError);
    expect((await admin.get(key)).breaker.forced).toBe('open');
  });

  it('closed lets every call pass, and its failures do not count', async () => {
    const key = await newKey();
    for (const _ of [1, 2]) await call(here, key, failure);
    expect(await call(here, key, success)).toBe('refused');
    await force(key, 'closed');
    await eventually(() => there.stateOf(key) === 'closed', { what: 'the other process knows' });
    for (const breakers of [here, there])
      for (const _ of [1, 2, 3, 4]) expect(await call(breakers, key, failure)).toBe('unjudged');
    expect((await admin.get(key)).breaker).toMatchObject({
      state: 'closed',
      forced: 'closed',
      failureCount: 0,
    });
  });

  it('is not changed by the late result of a call that began before', async () => {
    const key = await newKey();
    const before = [await here.admit(key, policy, 1000), await here.admit(key, policy, 1000)];
    await force(key, 'closed');
    for (const admission of before) await here.report(admission, failure);
    expect((await admin.get(key)).breaker).toMatchObject({ state: 'closed', forced: 'closed' });
  });

  it('open takes the lease from a probe, whose result changes nothing', async () => {
    const key = await newKey();
    for (const _ of [1, 2]) await call(here, key, failure);
    await database.pool.query(`UPDATE circuit_breaker_state SET retry_at = now() WHERE capability = $1`, [
      key.capability,
    ]);
    await hints.publish('breaker', `quiz ${key.capability}`);
    await eventually(async () => (await here.admit(key, policy, 1000)).kind !== 'refused').catch(
      () => undefined,
    );
    expect((await admin.get(key)).breaker).toMatchObject({ state: 'half_open', probeHolder: 'here' });
    await force(key, 'open');
    expect((await admin.get(key)).breaker).toMatchObject({
      forced: 'open',
      probeHolder: null,
      probeUntil: null,
    });
  });

  it('open is probed by the next call once it is automatic', async () => {
    const key = await newKey();
    await force(key, 'open');
    const offered: string[] = [];
    here.onProbeSoon(({ capability }) => void offered.push(capability));
    await automatic(key);
    expect(offered).toEqual([key.capability]);
    expect((await admin.get(key)).breaker).toMatchObject({ state: 'open', forced: null, forcedBy: null });
    expect(await call(here, key, success)).toBe('probe');
    const { breaker, history } = await admin.get(key);
    expect(breaker.state).toBe('closed');
    expect(history.map(({ cause }) => cause)).toEqual([
      'probes_succeeded',
      'probe_due',
      'automatic',
      'forced_open',
    ]);
    expect(history[2]).toMatchObject({ actor: 'ann', note: 'The move is done.' });
  });

  it('closed counts failures again once it is automatic', async () => {
    const key = await newKey();
    await force(key, 'closed');
    await automatic(key);
    for (const _ of [1, 2]) await call(here, key, failure);
    expect((await admin.get(key)).breaker).toMatchObject({ state: 'open', forced: null });
  });

  it('is one that an app has; automatic changes nothing of one that was not forced', async () => {
    const key = await newKey();
    await automatic(key);
    expect((await admin.get(key)).history).toEqual([]);
    await expect(force({ appId: 'quiz', capability: 'none' }, 'open')).rejects.toThrow(BreakerNotFoundError);
  });

  it('names a healthy app’s health check as what brought a probe forward', async () => {
    const key = await newKey();
    for (const _ of [1, 2]) await call(here, key, failure);
    expect(await here.probeSoon('quiz')).toContain(key.capability);
    expect(await call(here, key, success)).toBe('probe');
    const { history } = await admin.get(key);
    expect(history.map(({ cause }) => cause)).toEqual(['probes_succeeded', 'health_check', 'failures']);
  });
});
