import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CircuitBreakerModule, CircuitBreakers } from '@breakwater/circuit-breaker';
import {
  ClientCertificates,
  EndpointDirectory,
  ManifestModule,
  ManifestRegistry,
} from '@breakwater/manifest';
import {
  ConfigModule,
  Database,
  HintBus,
  PeriodicRuns,
  PrismaService,
  SecretsModule,
} from '@breakwater/platform';
import { UndiciWebhookClient, WebhookClient } from '@breakwater/webhook-client';
import { noticesIn } from '@breakwater/testing/notices.js';
import { TestReceiver } from '@breakwater/testing/receiver.js';
import { clearTables, notificationsIn } from '@breakwater/testing/rows.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppHealthReader } from './app-health.service.js';
import { BreakerHealth } from './breaker-health.service.js';
import { HealthCall } from './health-call.service.js';
import { HealthChecks } from './health-checks.service.js';
import { HealthStore } from './health.store.js';

const never = new AbortController().signal;
const certificate = (name: string): string =>
  readFileSync(new URL(`../../../webhook-client/src/fixtures/${name}.pem`, import.meta.url), 'utf8');

async function partsOver(world: World, webhooks: UndiciWebhookClient) {
  const given = [
    { provide: Database, useValue: world.database },
    { provide: HintBus, useValue: new HintBus(world.database) },
    { provide: WebhookClient, useValue: webhooks },
    PrismaService,
  ];
  @Global()
  @Module({ providers: given, exports: given })
  class PlatformParts {}
  const imports = [
    ConfigModule.forRoot(world.config()),
    PlatformParts,
    SecretsModule,
    CircuitBreakerModule,
    ManifestModule,
  ];
  const module = await Test.createTestingModule({ imports }).compile();
  const options = { strict: false };
  return {
    breakers: module.get(CircuitBreakers, options),
    directory: module.get(EndpointDirectory, options),
    manifests: module.get(ManifestRegistry, options),
    certificates: module.get(ClientCertificates, options),
  };
}

describe('health checks', () => {
  let world: World;
  let receiver: TestReceiver;
  let webhooks: UndiciWebhookClient;
  let breakers: CircuitBreakers;
  let parts: Awaited<ReturnType<typeof partsOver>>;
  const cleanUps: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    world = await World.start();
    receiver = await new TestReceiver().listen();
    webhooks = new UndiciWebhookClient({
      allow: ['127.0.0.1'],
      allowHttp: true,
      dnsServers: [],
      legacySignatureHeaders: false,
      userAgent: 'Breakwater/test',
      maxConnectionsPerOrigin: 200,
      maxOrigins: 100,
      extraCertificateAuthorities: [certificate('authority')],
    });
    parts = await partsOver(world, webhooks);
    breakers = parts.breakers;
  });
  beforeEach(async () => {
    for (const table of ['app_health_status', 'circuit_breaker_state', 'apps'])
      await query(`DELETE FROM ${table}`);
    await clearTables(world);
    receiver.calls.length = 0;
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });
  afterAll(async () => {
    await webhooks.close();
    await receiver.close();
    await world.stop();
  });

  const query = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    (await world.database.pool.query(text, values)).rows as Record<string, unknown>[];
  function checks(env: Record<string, string> = {}, database: Database = world.database): HealthChecks {
    const store = new HealthStore(database);
    return new HealthChecks(
      store,
      new HealthCall(webhooks, parts.directory, world.config(env)),
      breakers,
      noticesIn(world, env),
      new PeriodicRuns(database),
      world.config(env),
    );
  }
  /** An app that is due now, at a path of the receiver. */
  async function app(id: string, path = '/health', url = receiver.url): Promise<void> {
    await query(
      `INSERT INTO apps (id, name, owner_email, base_url, health_path, manifest_version)
       VALUES ($1, 'App', 'o@x.example', $2, $3, 1)`,
      [id, url, path],
    );
  }
  const makeDue = (): Promise<unknown> =>
    query(
      `UPDATE app_health_status SET next_check_at = date_trunc('milliseconds', now()) - interval '1 second'`,
    );
  async function turn(env: Record<string, string> = {}): Promise<number> {
    await new HealthStore(world.database).enrol(300_000);
    await makeDue();
    return checks(env).run(never);
  }
  const health = (id: string): ReturnType<AppHealthReader['get']> =>
    new AppHealthReader(new HealthStore(world.database), new HintBus(world.database)).get(id);
  const told = async (): Promise<string[]> =>
    (await notificationsIn(world, `channel = 'in_app'`)).map(({ kind }) => String(kind));

  it('call the health URL unsigned and store the answer', async () => {
    receiver.on('/a/health');
    await app('a', '/a/health');
    expect(await health('a')).toMatchObject({ status: 'unknown', lastCheck: null, nextCheckAt: null });
    expect(await turn()).toBe(1);
    expect(await health('a')).toMatchObject({
      status: 'healthy',
      consecutiveFailures: 0,
      failingSince: null,
      details: { outcome: 'delivered', httpStatus: 200, error: null },
    });
    expect((await health('a')).responseTimeMs).toBeGreaterThanOrEqual(0);
    expect(receiver.calls).toHaveLength(1);
    expect(receiver.calls[0]!.headers['webhook-signature']).toBeUndefined();
  });

  it('go through the guard: an address that must not be called is never called', async () => {
    await app('inside', '/health', 'http://169.254.169.254');
    await turn();
    expect(await health('inside')).toMatchObject({ status: 'degraded', details: { outcome: 'blocked' } });
  });

  it('report the 3rd failure in a row once, and the recovery once', async () => {
    receiver.on('/ill', { status: 503 });
    await app('a', '/ill');
    for (const kinds of [[], [], ['app_unhealthy'], ['app_unhealthy'], ['app_unhealthy']]) {
      await turn();
      expect(await told()).toEqual(kinds);
    }
    expect(await health('a')).toMatchObject({ status: 'unhealthy', consecutiveFailures: 5 });
    receiver.on('/ill');
    await turn();
    await turn();
    expect(await told()).toEqual(['app_unhealthy', 'app_recovered']);
    receiver.on('/ill', { status: 500 });
    for (let time = 0; time < 3; time++) await turn();
    expect(await told()).toEqual(['app_unhealthy', 'app_recovered', 'app_unhealthy']);
  });

  it('are done once per turn, by whichever process', async () => {
    receiver.on('/once', { status: 500 });
    await app('a', '/once');
    await turn();
    await makeDue();
    const leaders = Array.from({ length: 4 }, () => checks({}, world.node()));
    await Promise.all(leaders.map((each) => each.run(never)));
    expect(await health('a')).toMatchObject({ consecutiveFailures: 2, status: 'degraded' });
    expect(await checks().run(never)).toBe(0);
  });

  it('whose notification cannot be stored are not stored, and repeated', async () => {
    receiver.on('/untold', { status: 500 });
    await app('a', '/untold');
    await turn();
    await turn();
    await world.rows(
      `ALTER TABLE notifications ADD CONSTRAINT away CHECK (kind <> 'app_unhealthy') NOT VALID`,
    );
    cleanUps.push(() => world.rows('ALTER TABLE notifications DROP CONSTRAINT IF EXISTS away'));
    expect(await turn()).toBe(0);
    expect(await health('a')).toMatchObject({ status: 'degraded', consecutiveFailures: 2 });
    await world.rows('ALTER TABLE notifications DROP CONSTRAINT away');
    expect(await checks().run(never)).toBe(1);
    expect(await told()).toEqual(['app_unhealthy']);
  });

  it('are spread over the interval, and keep their place in it', async () => {
    for (let n = 0; n < 50; n++) await app(`app-${n}`);
    const store = new HealthStore(world.database);
    await store.enrol(300_000);
    const place = async (): Promise<number[]> =>
      (
        await query(
          `SELECT mod(extract(epoch FROM next_check_at)::numeric, 300)::float8 AS s FROM app_health_status ORDER BY app_id`,
        )
      ).map(({ s }) => s as number);
    const before = await place();
    const sixths = new Set(before.map((s) => Math.floor(s / 50)));
    expect(sixths.size).toBe(6);
    // A leader comes back after a day.
    await query(`UPDATE app_health_status SET next_check_at = next_check_at - interval '1 day'`);
    receiver.on('/health');
    expect(await checks().run(never)).toBe(50);
    expect(await place()).toEqual(before);
    const ahead = await query(
      `SELECT count(*) FROM app_health_status WHERE next_check_at NOT BETWEEN now() AND now() + interval '300 s'`,
    );
    expect(ahead).toEqual([{ count: 0 }]);
  });

  it('come sooner when the interval was made shorter', async () => {
    await app('a');
    const store = new HealthStore(world.database);
    await store.enrol(86_400_000);
    await query(`UPDATE app_health_status SET next_check_at = now() + interval '20 hours'`);
    await store.enrol(10_000);
    const [row] = await query(
      `SELECT next_check_at <= now() + interval '10 s' AS soon FROM app_health_status`,
    );
    expect(row).toEqual({ soon: true });
  });

  it('leave out disabled and deleted apps', async () => {
    for (const id of ['kept', 'disabled', 'deleted']) await app(id);
    await turn();
    await query(`UPDATE apps SET status = 'disabled', disabled_reason = 'x' WHERE id = 'disabled'`);
    await query(`DELETE FROM apps WHERE id = 'deleted'`);
    receiver.calls.length = 0;
    expect(await turn()).toBe(1);
    const list = await new AppHealthReader(new HealthStore(world.database), new HintBus(world.database)).list(
      { limit: 10 },
    );
    expect(list.map(({ appId }) => appId)).toEqual(['kept']);
    expect(await health('disabled')).toMatchObject({
      appStatus: 'disabled',
      status: 'unknown',
      lastCheck: null,
    });
    await expect(health('deleted')).rejects.toMatchObject({ code: 'APP_NOT_FOUND' });
  });

  it('leave out an app whose manifest switches them off, and forget its state', async () => {
    receiver.on('/health', { status: 500 });
    await app('quiet');
    await turn();
    expect(await health('quiet')).toMatchObject({ checked: true, status: 'degraded' });
    await query(`UPDATE apps SET health = false`);
    receiver.calls.length = 0;
    expect(await turn()).toBe(0);
    expect(receiver.calls).toEqual([]);
    expect(await health('quiet')).toMatchObject({
      checked: false,
      status: 'unknown',
      lastCheck: null,
      nextCheckAt: null,
    });
    await query(`UPDATE apps SET health = true`);
    expect(await turn()).toBe(1);
    expect(await health('quiet')).toMatchObject({ checked: true, consecutiveFailures: 1 });
  });

  it('keep the query of the base URL', async () => {
    receiver.on('/hooks/health?token=abc');
    await app('a', '/health', `${receiver.url}/hooks?token=abc`);
    await turn();
    expect(receiver.calls.map(({ path }) => path)).toEqual(['/hooks/health?token=abc']);
  });

  it('are listed by status, page by page', async () => {
    receiver.on('/ok');
    receiver.on('/bad', { status: 500 });
    for (const id of ['a', 'b', 'c']) await app(id, '/ok');
    await app('d', '/bad');
    await turn();
    await app('e');
    const reader = new AppHealthReader(new HealthStore(world.database), new HintBus(world.database));
    const ids = async (filter: Parameters<AppHealthReader['list']>[0]): Promise<string[]> =>
      (await reader.list(filter)).map(({ appId }) => appId);
    expect(await ids({ limit: 2, status: 'healthy' })).toEqual(['a', 'b']);
    expect(await ids({ limit: 2, status: 'healthy', after: 'b' })).toEqual(['c']);
    expect(await ids({ limit: 9, status: 'degraded' })).toEqual(['d']);
    expect(await ids({ limit: 9, status: 'unknown' })).toEqual(['e']);
    expect(await ids({ limit: 9 })).toHaveLength(5);
  });

  it('bring the probe of an open breaker forward only when the app is healthy', async () => {
    receiver.on('/well');
    receiver.on('/ill', { status: 500 });
    await app('well', '/well');
    await app('ill', '/ill');
    await query(
      `INSERT INTO circuit_breaker_state (app_id, capability, state, failure_count, generation, version, retry_at)
       SELECT id, 'quiz_answer', 'open', 5, 1, 1, now() + interval '1 hour' FROM apps`,
    );
    await turn();
    const rows = await query(
      `SELECT app_id, state, generation, retry_at <= now() AS due FROM circuit_breaker_state ORDER BY app_id`,
    );
    expect(rows).toEqual([
      { app_id: 'ill', state: 'open', generation: 1, due: false },
      { app_id: 'well', state: 'open', generation: 1, due: true },
    ]);
  });

  it('read the status in the body of an answer', async () => {
    receiver.on('/said', { body: '{"status":"degraded"}' });
    await app('a', '/said');
    await turn();
    const error = 'answered with HTTP 200 and the status "degraded"';
    expect(await health('a')).toMatchObject({
      status: 'degraded',
      consecutiveFailures: 0,
      failingSince: null,
      details: { error },
    });
    receiver.on('/said', { body: '{"status":"DOWN"}' });
    for (let time = 0; time < 3; time++) await turn();
    expect(await health('a')).toMatchObject({ status: 'unhealthy', consecutiveFailures: 3 });
    expect(await told()).toEqual(['app_unhealthy']);
  });

  it('show the client certificate of the app, and of no other', async () => {
    const asked: string[] = [];
    const server = createHttpsServer(
      {
        key: certificate('key'),
        cert: certificate('good'),
        ca: certificate('authority'),
        requestCert: true,
      },
      (request, response) => {
        const { subject } = (request.socket as TLSSocket).getPeerCertificate();
        asked.push(String(subject.CN));
        response.end('{}');
      },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => new Promise((resolve) => server.close(resolve)));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const id of ['shows', 'has-none']) {
      const manifest = { name: 'App', ownerEmail: 'o@x.example', baseUrl: url, webhooks: { a: '/a' } };
      await parts.manifests.register(id, manifest, 'tester');
    }
    const upload = { certificate: certificate('client'), key: certificate('key') };
    await parts.certificates.put('shows', upload, 'tester');
    await turn();
    expect(asked).toEqual(['client of quiz-night']);
    expect(await health('shows')).toMatchObject({ status: 'healthy' });
    expect(await health('has-none')).not.toMatchObject({ status: 'healthy' });
  });

  describe('of apps with an open breaker', () => {
    const asks = (env: Record<string, string> = {}, database: Database = world.database): BreakerHealth =>
      new BreakerHealth(
        new HealthStore(database),
        new HealthCall(webhooks, parts.directory, world.config(env)),
        breakers,
        world.config(env),
      );
    const open = async (appId: string): Promise<void> => {
      const policy = { failureThreshold: 1, recoveryTimeoutMs: 3_600_000, successThreshold: 1 };
      const leave = await breakers.admit({ appId, capability: 'quiz_answer' }, policy, 1000);
      await breakers.report(leave, { judged: 'failure', reason: 'http 500' });
      await opened(appId, 5, 5);
    };
    /** Its outage began `first` seconds ago; a failed probe opened the breaker again `last` seconds ago. */
    const opened = async (appId: string, first: number, last: number): Promise<void> => {
      await query(
        `UPDATE circuit_breaker_transitions SET at = now() - make_interval(secs => $2) WHERE app_id = $1`,
        [appId, first],
      );
      await query(
        `UPDATE circuit_breaker_state SET opened_at = now() - make_interval(secs => $2) WHERE app_id = $1`,
        [appId, last],
      );
    };
    const isDue = async (appId: string): Promise<unknown> =>
      (
        await query(
          `SELECT state = 'open' AND retry_at <= now() AS due FROM circuit_breaker_state WHERE app_id = $1`,
          [appId],
        )
      )[0]!['due'];
    const nextTime = (): Promise<unknown> => query('UPDATE app_health_status SET breaker_check_at = now()');
    const enrol = (): Promise<void> => new HealthStore(world.database).enrol(300_000);

    it('call the health URL and bring the probe forward, in one process, once per interval', async () => {
      receiver.on('/well');
      await app('behind', '/well');
      await app('calm', '/well');
      await enrol();
      expect(await asks().run(never)).toBe(0);
      await open('behind');
      await opened('behind', 4, 4);
      expect(await asks().run(never)).toBe(0);
      await opened('behind', 5, 5);
      const all = Array.from({ length: 4 }, () => asks({}, world.node()));
      const well = await Promise.all(all.map((each) => each.run(never)));
      expect(well.reduce((a, b) => a + b)).toBe(1);
      expect(receiver.callsTo('/well')).toHaveLength(1);
      expect(await isDue('behind')).toBe(true);
      const [row] = await query(
        `SELECT breaker_check_at - now() BETWEEN interval '4 s' AND interval '5 s' AS soon FROM app_health_status
         WHERE app_id = 'behind'`,
      );
      expect(row).toEqual({ soon: true });
    });

    it('are repeated while the app is unhealthy, and notify nobody', async () => {
      receiver.on('/back', { status: 503 });
      await app('back', '/back');
      await enrol();
      await open('back');
      for (let time = 0; time < 4; time++) {
        expect(await asks().run(never)).toBe(0);
        await nextTime();
      }
      expect(await isDue('back')).toBe(false);
      expect(await told()).toEqual([]);
      expect(await health('back')).toMatchObject({ status: 'unknown', consecutiveFailures: 0 });
      receiver.on('/back', { body: '{"status":"degraded"}' });
      expect(await asks().run(never)).toBe(0);
      await nextTime();
      receiver.on('/back');
      expect(await asks().run(never)).toBe(1);
      expect(await isDue('back')).toBe(true);
      await nextTime();
      expect(await asks().run(never)).toBe(0);
      expect(receiver.callsTo('/back')).toHaveLength(6);
    });

    it('are not done for apps without checks, for disabled apps, and in mode observe', async () => {
      receiver.on('/off');
      for (const id of ['off', 'disabled', 'observed']) {
        await app(id, '/off');
        await enrol();
        await open(id);
      }
      await query(`UPDATE apps SET health = false WHERE id = 'off'`);
      await query(`UPDATE apps SET status = 'disabled' WHERE id = 'disabled'`);
      expect(await asks({ CIRCUIT_BREAKER_MODE: 'observe' }).run(never)).toBe(0);
      expect(receiver.callsTo('/off')).toHaveLength(0);
      expect(await asks().run(never)).toBe(1);
      expect(receiver.callsTo('/off')).toHaveLength(1);
    });

    it('wait longer after each probe that failed although the app reports that it is healthy', async () => {
      receiver.on('/liar');
      await app('liar', '/liar');
      await enrol();
      await open('liar');
      await opened('liar', 30, 10);
      await asks().run(never);
      expect(await isDue('liar')).toBe(false);
      await nextTime();
      await opened('liar', 30, 20);
      await asks().run(never);
      expect(await isDue('liar')).toBe(true);
    });
  });

  it('end when they are stopped, and store nothing about unfinished apps', async () => {
    receiver.on('/hang', 'hang');
    await app('a', '/hang');
    await new HealthStore(world.database).enrol(300_000);
    await makeDue();
    const stop = new AbortController();
    receiver.onCall = () => stop.abort();
    cleanUps.push(async () => (receiver.onCall = () => undefined));
    expect(await checks().run(stop.signal)).toBe(0);
    expect(await health('a')).toMatchObject({ status: 'unknown', lastCheck: null });
  });

  it('of 1000 apps, 100 of them hanging, end within a minute', async () => {
    const servers = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const server = createServer((request, response) => {
          if (request.url !== '/hang') response.end('ok');
        });
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        cleanUps.push(async () => {
          server.closeAllConnections();
          server.close();
        });
        return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
      }),
    );
    await query(
      `INSERT INTO apps (id, name, owner_email, base_url, health_path, manifest_version)
       SELECT 'app-' || n, 'App', 'o@x.example', ($1::text[])[n % 4 + 1], CASE WHEN n % 10 = 0 THEN '/hang' ELSE '/ok' END, 1
       FROM generate_series(1, 1000) n`,
      [servers],
    );
    const startedMs = performance.now();
    expect(await turn()).toBe(1000);
    const tookMs = performance.now() - startedMs;
    expect(tookMs).toBeLessThan(60_000);
    const counts = await query('SELECT status, count(*) FROM app_health_status GROUP BY 1 ORDER BY 1');
    expect(counts).toEqual([
      { status: 'degraded', count: 100 },
      { status: 'healthy', count: 900 },
    ]);
  });
});
