import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { AccessModule } from '@breakwater/access';
import { BreakerAdmin, CircuitBreakers } from '@breakwater/circuit-breaker';
import { NotificationsAdmin, NotificationsModule } from '@breakwater/notifications';
import { ConfigModule, Database, HintBus, PlatformModule } from '@breakwater/platform';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { endsBefore } from '@breakwater/testing/ends-before.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { startMailServer } from '@breakwater/testing/mail-server.js';
import { addApp, addCapability, addChange, clearTables, notificationsIn } from '@breakwater/testing/rows.js';
import { startSilentServer } from '@breakwater/testing/silent-server.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PeriodicRunner } from './periodic-runner.service.js';
import { schedules } from './schedules.js';
import { WorkerModule } from './worker.module.js';

const policy = { failureThreshold: 5, recoveryTimeoutMs: 60_000, successThreshold: 3 };

describe('a worker', () => {
  let world: World;
  const running: TestingModule[] = [];
  beforeAll(async () => {
    world = await World.start();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((module) => module.close()));
    vi.restoreAllMocks();
    await clearTables(world);
  });
  afterAll(() => world.stop());

  async function start(env: Record<string, string>): Promise<TestingModule> {
    const module = await Test.createTestingModule({
      imports: [
        ConfigModule.forRoot(world.config(env)),
        PlatformModule,
        WebhookClientModule.forConfig(world.config(env)),
        AccessModule,
        NotificationsModule,
        WorkerModule,
      ],
    }).compile();
    running.push(module);
    await module.init();
    return module;
  }

  it('mails the owner when a real breaker opens, and again when it is reset, without waiting for its interval', async () => {
    const server = await startMailServer();
    await addApp(world, 'live');
    await addCapability(world, 'live', 'quiz_answer');
    const worker = await start({ SMTP_URL: server.url, ADMIN_EMAILS: '', BREAKER_NOTICE_COOLDOWN: '0' });
    const breakers = worker.get(CircuitBreakers, { strict: false });
    const key = { appId: 'live', capability: 'quiz_answer' };
    for (let failures = 0; failures < 5; failures++) {
      await breakers.report(await breakers.admit(key, policy, 1000), {
        judged: 'failure',
        reason: 'http 503',
      });
    }
    await eventually(() => server.received.length === 1, {
      limitMs: 3000,
      what: 'the mail about the opening',
    });
    expect(server.of('owner@live.example')[0]!.text).toContain('Last error: http 503');
    await worker.get(BreakerAdmin, { strict: false }).reset(key, 'key:ops');
    await eventually(() => server.received.length === 2, { limitMs: 3000, what: 'the mail about the reset' });
    expect(server.received[1]!.mail.text).toContain('was reset by key:ops');
    // The server receives a mail a moment before its row says so.
    const items = await eventually(async () => {
      const page = await worker
        .get(NotificationsAdmin)
        .list({ appId: 'live', status: 'sent', channel: 'email' });
      return page.items.length === 2 && page.items;
    });
    expect(items.map(({ kind }) => kind)).toEqual(['breaker_closed', 'breaker_opened']);
    await server.close();
  });

  it('does at its interval what no hint announced', async () => {
    await addApp(world, 'deaf');
    const worker = await start({ ADMIN_EMAILS: '' });
    await worker.get(HintBus).onModuleDestroy();
    await addChange(world, { app: 'deaf' });
    const stored = await eventually(
      () => notificationsIn(world, `app_id = 'deaf' AND channel = 'email'`).then((rows) => rows[0]),
      {
        limitMs: 12_000,
      },
    );
    expect(stored).toMatchObject({ kind: 'breaker_opened', recipient: 'owner@deaf.example' });
  });

  it('cleans up when it starts, if that is due', async () => {
    await world.database.pool.query(
      `INSERT INTO idempotency_keys (app_id, key, digest, delivery_id, expires_at)
       VALUES ('quiz', 'old', '', gen_random_uuid(), now() - interval '1 hour')`,
    );
    await start({});
    await expect
      .poll(() => world.database.query({ text: 'SELECT 1 FROM idempotency_keys' }), { timeout: 10_000 })
      .toEqual([]);
  });

  it('does every work of the table without a warning', async () => {
    const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const worker = await start({});
    const names = schedules(world.config(), () => expect.unreachable()).map(({ name }) => name);
    for (const name of names) worker.get(PeriodicRunner, { strict: false }).request(name);
    await worker.get(PeriodicRunner, { strict: false }).stop();
    expect(warned.mock.calls).toEqual([]);
  });

  it('warns and continues when the database is unavailable', async () => {
    const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const worker = await start({});
    await worker.get(Database).pool.end();
    worker.get(PeriodicRunner, { strict: false }).request('breaker-notices');
    await expect
      .poll(() => warned.mock.calls.map(String).join(' '), { timeout: 5000 })
      .toContain('breaker-notices failed, tried again later');
  });

  it('stops within seconds while a mail server hangs, and does nothing after that', async () => {
    const silent = await startSilentServer();
    await addApp(world, 'slow');
    await addChange(world, { app: 'slow' });
    const worker = await start({ SMTP_URL: silent.url, ADMIN_EMAILS: '' });
    await eventually(
      async () => (await notificationsIn(world, `app_id = 'slow' AND locked_until IS NOT NULL`)).length === 1,
    );
    const runner = worker.get(PeriodicRunner, { strict: false });
    expect(await endsBefore(worker.close(), 9_000)).toBe(true);
    expect(await notificationsIn(world, `app_id = 'slow' AND channel = 'email'`)).toMatchObject([
      { status: 'pending', attempts: 0, locked_until: null },
    ]);
    runner.request('notifications');
    silent.close();
  });
});
