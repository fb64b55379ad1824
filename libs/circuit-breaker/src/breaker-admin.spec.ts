import { Database, HintBus, PrismaService } from '@breakwater/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { BreakerAdmin } from './breaker-admin.service.js';
import { BreakerNotFoundError } from './breaker-not-found.error.js';
import { BreakerStore } from './breaker.store.js';
import { CircuitBreakers } from './circuit-breakers.service.js';

const policy = { failureThreshold: 2, recoveryTimeoutMs: 60_000, successThreshold: 1 };

describe('what an operator sees of breakers', () => {
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
    admin = new BreakerAdmin(prisma, breakers);
    await hints.onModuleInit();
    await breakers.onModuleInit();
    for (const [appId, failures] of [
      ['one', 2],
      ['two', 1],
      ['two', 0],
      ['three', 2],
    ] as const) {
      for (const capability of ['quiz_answer', 'report']) {
        for (let call = 0; call < failures; call++) {
          const leave = await breakers.admit({ appId, capability }, policy, 1000);
          await breakers.report(leave, { judged: 'failure', reason: 'http 503' });
        }
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

  it('is one breaker with its history, or that there is none', async () => {
    const { breaker, history } = await admin.get({ appId: 'one', capability: 'report' });
    expect(breaker).toMatchObject({ state: 'open', failureCount: 2, lastReason: 'http 503' });
    expect(history).toMatchObject([{ fromState: 'closed', toState: 'open', cause: 'failures' }]);
    await expect(admin.get({ appId: 'one', capability: 'other' })).rejects.toThrow(BreakerNotFoundError);
  });

  it('can be closed by hand, which is written down with the actor', async () => {
    const key = { appId: 'one', capability: 'report' };
    await admin.reset(key, 'ops');
    const { breaker, history } = await admin.get(key);
    expect(breaker).toMatchObject({ state: 'closed', failureCount: 0 });
    expect(history[0]).toMatchObject({ toState: 'closed', cause: 'reset', actor: 'ops' });
    await expect(admin.reset({ appId: 'none', capability: 'x' }, 'ops')).rejects.toThrow(
      BreakerNotFoundError,
    );
  });
});
