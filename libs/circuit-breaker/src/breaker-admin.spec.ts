import { Database, HintBus, PrismaService } from '@breakwater/platform';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BreakerAdmin } from './breaker-admin.service.js';
import { BreakerAdminStore } from './breaker-admin.store.js';
import { BreakerNotFoundError } from './breaker-not-found.error.js';
import { BreakerStore } from './breaker.store.js';
import { CircuitBreakers } from './circuit-breakers.service.js';

const policy = { failureThreshold: 2, recoveryTimeoutMs: 60_000, successThreshold: 1 };

describe('what people see of breakers', () => {
  let test: TestDatabase;
  let database: Database;
  let prisma: PrismaService;
  let hints: HintBus;
  let breakers: CircuitBreakers;
  let admin: BreakerAdmin;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Database({ url: test.url, poolMax: 3 });
    prisma = new PrismaService(database);
    hints = new HintBus(database);
    breakers = new CircuitBreakers(new BreakerStore(database), hints, { mode: 'enforce' });
    admin = new BreakerAdmin(new BreakerAdminStore(database, prisma), breakers);
    await hints.onModuleInit();
    await breakers.onModuleInit();
    for (const appId of ['one', 'two', 'three']) await register(appId);
    for (const [appId, failures] of [
      ['one', 2],
      ['two', 1],
      ['two', 0],
      ['three', 2],
    ] as const) {
      for (const capability of ['quiz_answer', 'report']) {
        await fail(appId, capability, failures);
      }
    }
  });
  afterAll(async () => {
    breakers.onModuleDestroy();
    await hints.onModuleDestroy();
    await prisma.onApplicationShutdown();
    await database.onApplicationShutdown();
    await test.drop();
  });
  const register = async (appId: string): Promise<void> => {
    await database.pool.query(
      `INSERT INTO apps (id, name, owner_email, base_url, manifest_version)
       VALUES ($1, 'App', 'o@x.example', 'https://x.example', 1)`,
      [appId],
    );
    await database.pool.query(
      `INSERT INTO endpoints (id, app_id, kind, capability, url, async)
       SELECT gen_random_uuid(), $1, 'capability', name, 'https://x.example', false
       FROM unnest(ARRAY['quiz_answer', 'report', 'calm']) name`,
      [appId],
    );
  };
  const fail = async (appId: string, capability: string, times: number): Promise<void> => {
    for (let call = 0; call < times; call++) {
      const leave = await breakers.admit({ appId, capability }, policy, 1000);
      await breakers.report(leave, { judged: 'failure', reason: 'http 503' });
    }
  };
  const names = async (filter: Parameters<BreakerAdmin['list']>[0]): Promise<string[]> =>
    (await admin.list(filter)).map(({ appId, capability }) => `${appId}/${capability}`);

  it('is every breaker that ever failed, by state and app, page by page', async () => {
    expect(await names({ limit: 10 })).toHaveLength(6);
    expect(await names({ limit: 10, state: 'closed' })).toEqual(['two/quiz_answer', 'two/report']);
    expect(await names({ limit: 10, appId: 'one', state: 'open' })).toEqual([
      'one/quiz_answer',
      'one/report',
    ]);
    expect(await names({ limit: 2, after: { appId: 'one', capability: 'report' } })).toEqual([
      'three/quiz_answer',
      'three/report',
    ]);
  });

  it('is one breaker with its history, or an error that there is none', async () => {
    const { breaker, history } = await admin.get({ appId: 'one', capability: 'report' });
    expect(breaker).toMatchObject({ state: 'open', failureCount: 2, lastReason: 'http 503' });
    expect(history).toMatchObject([{ fromState: 'closed', toState: 'open', cause: 'failures' }]);
    await expect(admin.get({ appId: 'one', capability: 'other' })).rejects.toThrow(BreakerNotFoundError);
  });

  it('can be closed by hand, which is recorded with the actor', async () => {
    const key = { appId: 'one', capability: 'report' };
    await admin.reset(key, 'ops');
    const { breaker, history } = await admin.get(key);
    expect(breaker).toMatchObject({ state: 'closed', failureCount: 0 });
    expect(history[0]).toMatchObject({ toState: 'closed', cause: 'reset', actor: 'ops' });
    await expect(admin.reset({ appId: 'none', capability: 'x' }, 'ops')).rejects.toThrow(
      BreakerNotFoundError,
    );
  });

  it('is closed with counts at zero for a capability that never failed, before and after a reset', async () => {
    const key = { appId: 'one', capability: 'calm' };
    const calm = {
      ...key,
      state: 'closed',
      failureCount: 0,
      successCount: 0,
      generation: 0,
      lastReason: null,
      lastFailureAt: null,
      failingSince: null,
      openedAt: null,
      retryAt: null,
      updatedAt: null,
      forced: null,
      forcedAt: null,
      forcedBy: null,
      forcedReason: null,
      probeUntil: null,
      probeHolder: null,
    };
    expect(await admin.get(key)).toEqual({ breaker: calm, history: [], ownPolicy: null });
    await admin.reset(key, 'ops');
    expect(await admin.get(key)).toEqual({ breaker: calm, history: [], ownPolicy: null });
  });

  it('is for an app’s key only its own, in queries and again in PostgreSQL', async () => {
    const own = await admin.list({ limit: 10 }, 'one');
    expect(own.map(({ appId, capability }) => `${appId}/${capability}`)).toEqual([
      'one/quiz_answer',
      'one/report',
    ]);
    expect((await admin.get({ appId: 'one', capability: 'quiz_answer' }, 'one')).history).toHaveLength(1);
    await expect(admin.get({ appId: 'two', capability: 'report' }, 'one')).rejects.toThrow(
      BreakerNotFoundError,
    );
  });

  it('is removed with the capability, and with the app, in every process', async () => {
    await register('leaving');
    for (const capability of ['quiz_answer', 'report']) await fail('leaving', capability, 2);
    const removed = { appId: 'leaving', capability: 'report' };
    await database.pool.query(
      `UPDATE endpoints SET status = 'removed' WHERE app_id = 'leaving' AND capability = 'report'`,
    );
    expect(await names({ limit: 10, appId: 'leaving' })).toEqual(['leaving/quiz_answer']);
    await expect(admin.get(removed)).rejects.toThrow(BreakerNotFoundError);
    await expect(admin.reset(removed, 'ops')).rejects.toThrow(BreakerNotFoundError);
    const late = await breakers.admit({ appId: 'leaving', capability: 'calm' }, policy, 1000);
    await breakers.report(late, { judged: 'failure', reason: 'http 503' });
    const known = await breakers.admit({ appId: 'leaving', capability: 'calm' }, policy, 1000);

    await database.pool.query(`DELETE FROM apps WHERE id = 'leaving'`);
    expect(await names({ limit: 10, appId: 'leaving' })).toEqual([]);
    await eventually(() => breakers.stateOf({ appId: 'leaving', capability: 'quiz_answer' }) === 'closed');
    // The late result of a call does not bring the row back.
    await breakers.report(known, { judged: 'failure', reason: 'http 503' });
    await register('leaving');
    expect(await names({ limit: 10, appId: 'leaving' })).toEqual([]);
    await fail('leaving', 'report', 2);
    expect((await admin.get(removed)).history).toHaveLength(1);
  });
});
